// What an AutoPack looks at, read off the tapes of a batch: the events that it wants, and those with a field that it has not
// seen yet. Nothing is made of the others.

import { rowWord, rowWords, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import type { AutoPack } from '../pack/auto/auto-pack.ts'
import { envelopePart, type Observation, valueKind } from '../pack/auto/observation.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Block } from '../segment/rows.ts'
import { tokenBytes } from '../segment/token.ts'
import { ObservedCells } from './observe-cells.ts'
import { elementValues } from './observe-elements.ts'

/** Events with fields not seen yet that one batch may add to those that are wanted anyway. */
const freshRowsMax = 64

/** To be shown to `auto` before the batch is derived with its pack. */
export function observe(batch: CheckedBatch, auto: AutoPack): Observation {
  const { accepted, blocks } = batch
  const cells = new ObservedCells()
  const readers = blocks.map(block => new BlockReader(block, auto, cells))
  let rowCount = 0
  let freshRows = 0
  for (let i = 0; i < accepted.count; i++) {
    const reader = readers[accepted.block[i]!]!
    const row = accepted.row[i]!
    if (!auto.wants(i)) {
      if (freshRows === freshRowsMax || !reader.hasNews(row)) continue
      freshRows++
    }
    const { idToken, typeToken, entityToken } = accepted
    reader.readRow(row, rowCount++, { id: idToken[i]!, type: typeToken[i]!, entity: entityToken[i]! })
  }
  return { eventCount: accepted.count, rowCount, ...cells.finish() }
}

/** Tokens of an event's envelope, or noToken. */
interface Envelope {
  id: number
  type: number
  entity: number
}

/** By tokenKind; those of null and of JSON are never asked for. */
const kindOf = Uint8Array.of(
  valueKind.flag,
  valueKind.flag,
  valueKind.flag,
  valueKind.integer,
  valueKind.number,
  valueKind.text,
  valueKind.text,
  valueKind.text,
)
const notNamed = -1

class BlockReader {
  readonly #block: Block
  readonly #cells: ObservedCells
  /** i32 by path: its number among the observed names */
  readonly #names: Int32Array
  /** u8 by path: 1 where the field is new; undefined where none is */
  readonly #isNews: Uint8Array | undefined

  constructor(block: Block, auto: AutoPack, cells: ObservedCells) {
    const { paths } = block.tape
    this.#block = block
    this.#cells = cells
    this.#names = new Int32Array(paths.length).fill(notNamed)
    const isNews = Uint8Array.from(paths, path => (path && !auto.knows(path) ? 1 : 0))
    this.#isNews = isNews.includes(1) ? isNews : undefined
  }

  /** Has the event a value of a field that was not seen yet? */
  hasNews(row: number): boolean {
    if (!this.#isNews) return false
    const { rows, tokens } = this.#block.tape
    const first = rows[row * rowWords + rowWord.tokenStart]!
    const end = first + rows[row * rowWords + rowWord.tokenCount]!
    for (let token = first; token < end; token++) {
      if (this.#isNews[tokens[token * tokenWords]!] !== 1) continue
      const size = tokens[token * tokenWords + 2]!
      const kind = size & 7
      if (kind !== tokenKind.null && kind !== tokenKind.json && size >>> 3 > 0) return true
    }
    return false
  }

  readRow(row: number, at: number, { id, type, entity }: Envelope): void {
    const { rows, tokens, paths } = this.#block.tape
    const first = rows[row * rowWords + rowWord.tokenStart]!
    const end = first + rows[row * rowWords + rowWord.tokenCount]!
    for (let token = first; token < end; token++) {
      const path = tokens[token * tokenWords]!
      const start = tokens[token * tokenWords + 1]!
      const size = tokens[token * tokenWords + 2]!
      const kind = size & 7
      if (!paths[path] || kind === tokenKind.null || size >>> 3 === 0) continue
      if (kind === tokenKind.json) {
        this.#readElements(paths[path], at, { start, end: start + (size >>> 3) })
        continue
      }
      const part =
        token === id
          ? envelopePart.id
          : token === type
            ? envelopePart.type
            : token === entity
              ? envelopePart.entity
              : envelopePart.none
      if (this.#names[path] === notNamed) this.#names[path] = this.#cells.numberOf(paths[path])
      this.#cells.begin(at, this.#names[path]!, kindOf[kind]! | (part << 4))
      if (kind === tokenKind.escaped) {
        const bytes = tokenBytes(this.#block, token)
        this.#cells.fill(bytes, 0, bytes.length)
      } else this.#cells.fill(this.#block.body, start, start + (size >>> 3))
    }
  }

  #readElements(path: string, at: number, { start, end }: { start: number; end: number }): void {
    for (const element of elementValues(this.#block.body.subarray(start, end), path)) {
      this.#cells.begin(at, this.#cells.numberOf(element.path), element.kind)
      this.#cells.fill(element.bytes, 0, element.bytes.length)
    }
  }
}
