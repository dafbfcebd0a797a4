// The typed face of wasm/columns/collect.ts: bodies and their tapes are copied in once, and what lies event by event
// becomes cells, column by column. A cell is a row and the bytes that stand in it; nothing else of a value is copied.

import { assert } from '../../base/assert.ts'
import type { Arena, Region } from '../arena.ts'
import { type Kernels, startKernels } from '../kernels.ts'
import { rowWord, rowWords, type Tape, tokenKind, tokenWords } from '../tape/scan.ts'
import {
  type Cells,
  cellBytes,
  cellsWithin,
  cellTable,
  cellWord,
  cellWords,
  type RowSpan,
  spareBytes,
} from './cells.ts'
import { ColumnValues } from './values.ts'

/** A tape with the body that it points into. Blocks of one body follow each other. */
export interface TapeBlock {
  body: Uint8Array
  tape: Tape
}

/** u32[≥ count] each */
export interface SelectedRows {
  count: number
  /** index among the blocks that are loaded */
  block: Uint32Array
  /** row of that block's tape */
  row: Uint32Array
}

interface CollectExports {
  columnsCount(rows: number, rowCount: number, blocks: number, tokens: number, counts: number): number
  columnsCollect(
    rows: number,
    rowCount: number,
    blocks: number,
    tokens: number,
    places: number,
    columns: number,
    spare: number,
  ): void
  columnsPick(
    rows: number,
    rowCount: number,
    blocks: number,
    tokens: number,
    firsts: number,
    picked: number,
    cells: number,
    spare: number,
  ): number
}

const rowEntryWords = 3
const blockEntryWords = 2
const columnEntryWords = 2
/** An instance that grew past this for one large body is let go after it: WASM memory never shrinks. */
const keptBytesMax = 192 << 20

/** Where a block's things lie: `body` in memory, the others as numbers of the first among those of all blocks. */
interface Place {
  body: number
  path: number
  token: number
}

/** Columns out of tapes, for one set of blocks at a time. */
export class TapeColumns {
  readonly #module: WebAssembly.Module
  #kernels: Kernels<CollectExports> | undefined
  #isLoaded = false

  /** @param module  dist/wasm/engine.wasm or engine-relaxed.wasm, compiled */
  constructor(module: WebAssembly.Module) {
    this.#module = module
  }

  /**
   * Copies the blocks in.
   *
   * @throws OutOfMemory when they don't fit a memory of 4 GiB
   */
  load(blocks: readonly TapeBlock[]): LoadedTapes {
    assert(!this.#isLoaded, 'one set of blocks at a time')
    const kernels = (this.#kernels ??= startKernels<CollectExports>(this.#module))
    const bottom = kernels.arena.take('bottom', 0)
    const unload = () => {
      this.#isLoaded = false
      kernels.arena.release(bottom)
      if (kernels.arena.grownBytes > keptBytesMax) this.#kernels = undefined
    }
    try {
      const loaded = new LoadedTapes(kernels, blocks, unload)
      this.#isLoaded = true
      return loaded
    } catch (error) {
      unload()
      throw error
    }
  }
}

export class LoadedTapes {
  readonly #kernels: Kernels<CollectExports>
  readonly #blocks: readonly TapeBlock[]
  readonly #places: readonly Place[]
  readonly #pathCount: number
  readonly #blockTable: Region
  readonly #firsts: Region
  readonly #tokens: Region
  /** Lets go of the blocks, and of everything that was made of them. */
  readonly unload: () => void

  constructor(kernels: Kernels<CollectExports>, blocks: readonly TapeBlock[], unload: () => void) {
    this.#kernels = kernels
    this.#blocks = blocks
    this.unload = unload
    const { arena } = kernels
    const places = placeBlocks(blocks, loadBodies(arena, blocks))
    this.#places = places
    const end = { tokens: 0, paths: 0 }
    for (const { tape } of blocks) {
      end.tokens += tape.tokens.length
      end.paths += tape.paths.length
    }
    this.#pathCount = end.paths
    this.#tokens = arena.take('tokens', 4 * end.tokens)
    this.#blockTable = arena.take('blocks', 4 * blockEntryWords * blocks.length)
    this.#firsts = arena.take('first tokens', 4 * blocks.length)
    const tokens = arena.u32(this.#tokens)
    for (const [i, { tape }] of blocks.entries()) tokens.set(tape.tokens, places[i]!.token * tokenWords)
    arena.u32(this.#blockTable).set(places.flatMap(({ body, path }) => [body, path]))
    arena.u32(this.#firsts).set(places.map(({ token }) => token))
  }

  /** Runs `work` over some rows of the blocks; what it makes in the kernels' memory ends with it. */
  select<T>(rows: SelectedRows, work: (selection: Selection) => T): T {
    const { arena } = this.#kernels
    return arena.scratch(() => {
      const table = arena.take('rows', 4 * rowEntryWords * rows.count)
      const words = arena.u32(table)
      for (let i = 0; i < rows.count; i++) {
        const block = rows.block[i]!
        const at = rows.row[i]! * rowWords
        const { rows: tapeRows } = this.#blocks[block]!.tape
        words[i * rowEntryWords] = block
        words[i * rowEntryWords + 1] = this.#places[block]!.token + tapeRows[at + rowWord.tokenStart]!
        words[i * rowEntryWords + 2] = tapeRows[at + rowWord.tokenCount]!
      }
      return work(
        new Selection({
          kernels: this.#kernels,
          blocks: this.#blocks,
          places: this.#places,
          rows,
          tables: { rows: table, blocks: this.#blockTable, firsts: this.#firsts, tokens: this.#tokens },
          pathCount: this.#pathCount,
        }),
      )
    })
  }
}

interface SelectionParts {
  kernels: Kernels<CollectExports>
  blocks: readonly TapeBlock[]
  places: readonly Place[]
  rows: SelectedRows
  tables: { rows: Region; blocks: Region; firsts: Region; tokens: Region }
  pathCount: number
}

/** Which value goes to which column. */
export interface Assignment {
  /** for each block i32[paths]: the column of each path, -1 for none */
  columnsOf: readonly Int32Array[]
  /** for each column how many values there are */
  valuesMax: readonly number[]
}

export class Selection {
  /** makes columns of the cells */
  readonly values: ColumnValues
  readonly #parts: SelectionParts
  readonly #arena: Arena

  constructor(parts: SelectionParts) {
    this.#parts = parts
    this.#arena = parts.kernels.arena
    this.values = new ColumnValues(parts.kernels)
  }

  /**
   * The cells of every column. A key that an object repeats counts once, with its last value; a null is none.
   *
   * @param assign  told for each block how many values the rows have at each path, u32[paths], nulls left out; says
   *                which path belongs to which column
   */
  collect(assign: (counts: readonly Uint32Array[]) => Assignment): Cells[] {
    const arena = this.#arena
    const { kernels, rows, tables, places } = this.#parts
    const { counts, escapedBytes } = this.#countValues()
    const { columnsOf, valuesMax } = assign(counts)
    const cells = valuesMax.map(count => arena.take('cells', cellBytes * count))
    const spare = arena.take('unescaped', escapedBytes + spareBytes)
    return arena.scratch(() => {
      const table = arena.take('columns', 4 * columnEntryWords * cells.length)
      arena.u32(table).set(cells.flatMap(({ at }) => [at, 0]))
      const paths = arena.take('places', 4 * this.#parts.pathCount)
      for (const [i, columns] of columnsOf.entries()) arena.i32(paths).set(columns, places[i]!.path)
      kernels.call.columnsCollect(
        tables.rows.at,
        rows.count,
        tables.blocks.at,
        tables.tokens.at,
        paths.at,
        table.at,
        spare.at,
      )
      const found = arena.u32(table)
      return cells.map(({ at }, i) => ({ at, count: found[columnEntryWords * i + 1]! }))
    })
  }

  /**
   * Cells of one token a row, rows counting from the span's first.
   *
   * @param tokens    u32[rows]: number of the token on the tape of the row's block, 0xffffffff for none
   * @param instead   what stands in a row without a token; undefined leaves it null
   */
  pick(tokens: Uint32Array, span: RowSpan, instead?: (row: number) => Uint8Array | undefined): Cells {
    const arena = this.#arena
    const { kernels, tables } = this.#parts
    const rowCount = span.until - span.from
    const cells = arena.take('cells', cellBytes * rowCount)
    const spare = arena.take('unescaped', this.#escapedBytes(tokens, span))
    const picked = arena.take('picked', 4 * rowCount)
    arena.u32(picked).set(tokens.subarray(span.from, span.until))
    const count = kernels.call.columnsPick(
      tables.rows.at + 4 * rowEntryWords * span.from,
      rowCount,
      tables.blocks.at,
      tables.tokens.at,
      tables.firsts.at,
      picked.at,
      cells.at,
      spare.at,
    )
    const found = { at: cells.at, count }
    return count === rowCount || instead === undefined ? found : this.#fillIn(found, span, instead)
  }

  /** The cells of the rows of a span. */
  within(cells: Cells, span: RowSpan): Cells {
    return cellsWithin(this.#arena, cells, span)
  }

  /** Lets go of what `work` makes in the kernels' memory when it ends. */
  scratch<T>(work: () => T): T {
    return this.#arena.scratch(work)
  }

  /** Cells of the events as they were written. */
  raws(span: RowSpan): Cells {
    const { blocks, places, rows } = this.#parts
    const region = this.#arena.take('cells', cellBytes * (span.until - span.from))
    const words = this.#arena.u32(region)
    for (let i = span.from; i < span.until; i++) {
      const block = rows.block[i]!
      const at = rows.row[i]! * rowWords
      const tapeRows = blocks[block]!.tape.rows
      const start = tapeRows[at + rowWord.start]!
      const cell = (i - span.from) * cellWords
      words[cell + cellWord.row] = i - span.from
      words[cell + cellWord.at] = places[block]!.body + start
      words[cell + cellWord.size] = ((tapeRows[at + rowWord.end]! - start) << 3) | tokenKind.json
    }
    return { at: region.at, count: span.until - span.from }
  }

  #fillIn(cells: Cells, span: RowSpan, instead: (row: number) => Uint8Array | undefined): Cells {
    const rowCount = span.until - span.from
    const known = cellTable(this.#arena, cells)
    const filled = new Uint32Array(cellWords * rowCount)
    const texts: { cell: number; text: Uint8Array }[] = []
    let count = 0
    for (let row = 0, next = 0; row < rowCount; row++) {
      const isKnown = next < cells.count && known[cellWords * next + cellWord.row] === row
      if (isKnown) {
        const at = cellWords * next++
        filled.set(known.subarray(at, at + cellWords), cellWords * count++)
      } else {
        const text = instead(span.from + row)
        if (text === undefined) continue
        filled[cellWords * count + cellWord.row] = row
        filled[cellWords * count + cellWord.size] = (text.length << 3) | tokenKind.string
        texts.push({ cell: count++, text })
      }
    }
    const bytes = texts.reduce((sum, { text }) => sum + text.length, 0)
    const spelled = this.#arena.take('instead', bytes + spareBytes)
    const table = this.#arena.take('cells', cellBytes * count)
    const memory = this.#arena.u8(spelled)
    let at = 0
    for (const { cell, text } of texts) {
      memory.set(text, at)
      filled[cellWords * cell + cellWord.at] = spelled.at + at
      at += text.length
    }
    this.#arena.u32(table).set(filled.subarray(0, cellWords * count))
    return { at: table.at, count }
  }

  #countValues(): { counts: Uint32Array[]; escapedBytes: number } {
    const { kernels, rows, tables, blocks, places, pathCount } = this.#parts
    return this.#arena.scratch(() => {
      const counts = this.#arena.take('counts', 4 * pathCount)
      this.#arena.u32(counts).fill(0)
      const escapedBytes = kernels.call.columnsCount(
        tables.rows.at,
        rows.count,
        tables.blocks.at,
        tables.tokens.at,
        counts.at,
      )
      const all = this.#arena.u32(counts).slice()
      const ofBlock = ({ tape }: TapeBlock, i: number) =>
        all.subarray(places[i]!.path, places[i]!.path + tape.paths.length)
      return { counts: blocks.map(ofBlock), escapedBytes: escapedBytes >>> 0 }
    })
  }

  /** Bytes of the escaped strings among the tokens, before they are unescaped. */
  #escapedBytes(tokens: Uint32Array, { from, until }: RowSpan): number {
    const { rows, blocks } = this.#parts
    let bytes = 0
    for (let i = from; i < until; i++) {
      if (tokens[i] === noToken) continue
      const size = blocks[rows.block[i]!]!.tape.tokens[tokens[i]! * tokenWords + 2]!
      if ((size & 7) === tokenKind.escaped) bytes += size >>> 3
    }
    return bytes
  }
}

const noToken = 0xffffffff

/** @returns for each block where its body lies */
function loadBodies(arena: Arena, blocks: readonly TapeBlock[]): number[] {
  let bytes = 0
  const offsets = blocks.map(({ body }, i) => {
    if (i === 0 || body !== blocks[i - 1]!.body) bytes += body.length
    return bytes - body.length
  })
  const region = arena.take('bodies', bytes + spareBytes)
  const memory = arena.u8(region)
  for (const [i, { body }] of blocks.entries()) {
    if (i === 0 || body !== blocks[i - 1]!.body) memory.set(body, offsets[i])
  }
  return offsets.map(offset => region.at + offset)
}

function placeBlocks(blocks: readonly TapeBlock[], bodies: readonly number[]): Place[] {
  let path = 0
  let token = 0
  return blocks.map(({ tape }, i) => {
    const place = { body: bodies[i]!, path, token }
    path += tape.paths.length
    token += tape.tokens.length / tokenWords
    return place
  })
}
