// A Parquet file as NDJSON, row group by row group, row by row. Each row is put together from its columns by their
// levels; where columns disagree about the shape of a row the file is refused, because a guess would mix up events.

import { assert } from '../../base/assert.ts'
import { Budget, tooLarge } from './budget.ts'
import { inPlace, Malformed } from './malformed.ts'
import { NdjsonWriter } from './ndjson-writer.ts'
import { rowBytesMin } from './object-keys.ts'
import { ColumnReader, checkChunk } from './parquet-column.ts'
import { type RowGroup, readFooter } from './parquet-footer.ts'
import type { Inflaters } from './parquet-page.ts'
import {
  type LeafNode,
  type ListNode,
  type MapNode,
  type Node,
  readSchema,
  type StructNode,
} from './parquet-schema.ts'

export interface ParquetBounds {
  inflatedBytesMax: number
  eventDepthMax: number
  inflaters: Inflaters
}

/**
 * @throws Malformed  what is wrong and in which row group and column
 * @throws Refused    `body_too_large`
 */
export function parquetToNdjson(
  body: Uint8Array,
  bounds: ParquetBounds,
): { ndjson: Uint8Array<ArrayBuffer>; rowCount: number } {
  const { inflatedBytesMax } = bounds
  const footer = readFooter(body)
  const { root, leaves } = inPlace('schema', () => readSchema(footer.schema, bounds.eventDepthMax))
  checkClaims(footer.rowGroups, rowBytesMin(root.keys), inflatedBytesMax)

  const budget = new Budget(inflatedBytesMax)
  const out = new NdjsonWriter(inflatedBytesMax)
  for (const [groupIndex, group] of footer.rowGroups.entries()) {
    inPlace(`row group ${groupIndex}`, () => {
      if (group.chunks.length !== leaves.length) {
        throw new Malformed(`it has ${group.chunks.length} columns, the schema ${leaves.length}`)
      }
      const columns = leaves.map((leaf, i) => {
        const chunk = group.chunks[i]!
        const place = `column "${leaf.path}"`
        inPlace(place, () => checkChunk(leaf, chunk))
        return new ColumnReader(leaf, chunk, { body, budget, inflaters: bounds.inflaters, place })
      })
      new RowWriter(root, leaves, columns, out).write(group.rowCount)
    })
  }
  return { ndjson: out.finish(), rowCount: footer.rowGroups.reduce((sum, group) => sum + group.rowCount, 0) }
}

/** What an entry of a column costs in memory at least, a null included: its levels and an index. */
const entryBytes = 4

/** What the footer alone tells to be too much. A row costs at least its keys. */
function checkClaims(rowGroups: readonly RowGroup[], rowBytes: number, inflatedBytesMax: number): void {
  let rowCount = 0
  let entryCount = 0
  let inflatedBytes = 0
  for (const group of rowGroups) {
    rowCount += group.rowCount
    for (const chunk of group.chunks) {
      entryCount += chunk.valueCount
      inflatedBytes += chunk.inflatedBytes
    }
  }
  if (Math.max(rowCount * rowBytes, entryCount * entryBytes, inflatedBytes) > inflatedBytesMax)
    throw tooLarge(inflatedBytesMax)
}

class RowWriter {
  readonly #root: StructNode
  readonly #leaves: readonly LeafNode[]
  readonly #columns: readonly ColumnReader[]
  readonly #out: NdjsonWriter

  constructor(
    root: StructNode,
    leaves: readonly LeafNode[],
    columns: readonly ColumnReader[],
    out: NdjsonWriter,
  ) {
    this.#root = root
    this.#leaves = leaves
    this.#columns = columns
    this.#out = out
  }

  write(rowCount: number): void {
    for (let row = 0; row < rowCount; row++) {
      for (let i = 0; i < this.#columns.length; i++) {
        const column = this.#columns[i]!
        if (column.done) throw this.#fault(i, `ends at row ${row} of ${rowCount}`)
        if (column.repetition !== 0) throw this.#fault(i, `row ${row} does not begin where it should`)
      }
      this.#struct(this.#root)
      this.#out.byte(0x0a)
    }
    for (const [i, column] of this.#columns.entries()) {
      if (!column.done) throw this.#fault(i, `goes on after ${rowCount} rows`)
    }
  }

  #node(node: Node): void {
    const column = this.#first(node)
    const { definition } = column
    if (definition < node.floorLevel) throw this.#disagree(node)
    if (definition < node.presentLevel) {
      this.#pass(node, definition)
      this.#out.ascii('null')
    } else if (node.kind === 'leaf') {
      column.write(this.#out)
      column.advance()
    } else if (node.kind === 'struct') this.#struct(node)
    else if (node.kind === 'list') this.#list(node, definition)
    else this.#map(node, definition)
  }

  #struct(node: StructNode): void {
    const out = this.#out
    for (let i = 0; i < node.fields.length; i++) {
      const key = node.keys[i]!
      out.raw(key, 0, key.length)
      this.#node(node.fields[i]!)
    }
    out.byte(0x7d)
  }

  #list(node: ListNode, definition: number): void {
    const out = this.#out
    out.byte(0x5b)
    if (definition < node.itemLevel) this.#pass(node, definition)
    else {
      this.#node(node.item)
      while (this.#continues(node)) {
        out.byte(0x2c)
        this.#node(node.item)
      }
    }
    out.byte(0x5d)
  }

  #map(node: MapNode, definition: number): void {
    const out = this.#out
    const [open, close] = node.asObject ? [0x7b, 0x7d] : [0x5b, 0x5d]
    out.byte(open)
    if (definition < node.itemLevel) this.#pass(node, definition)
    else {
      this.#entry(node)
      while (this.#continues(node)) {
        out.byte(0x2c)
        this.#entry(node)
      }
    }
    out.byte(close)
  }

  #entry(node: MapNode): void {
    const out = this.#out
    if (!node.asObject) out.ascii('{"key":')
    else if (this.#first(node.key).definition !== node.key.presentLevel)
      throw new Malformed(`map ${JSON.stringify(node.name)} has a null key`)
    this.#node(node.key)
    out.ascii(node.asObject ? ':' : ',"value":')
    if (node.value) this.#node(node.value)
    else out.ascii('null')
    if (!node.asObject) out.byte(0x7d)
  }

  /** Whether another item follows; all columns under the list must say the same. */
  #continues(node: ListNode | MapNode): boolean {
    const continues = this.#first(node).repetition === node.repeatLevel
    for (const leaf of node.leaves) {
      if ((this.#columns[leaf]!.repetition === node.repeatLevel) !== continues) throw this.#disagree(node)
    }
    return continues
  }

  /** Past a null or an empty list: one entry of every column under it, all of the same level. */
  #pass(node: Node, definition: number): void {
    for (const leaf of node.leaves) {
      const column = this.#columns[leaf]!
      if (column.definition !== definition) throw this.#disagree(node)
      column.advance()
    }
  }

  #first(node: Node): ColumnReader {
    const column = this.#columns[node.leaves[0]!]
    assert(column, 'every node has a column under it')
    return column
  }

  #disagree(node: Node): Malformed {
    return new Malformed(`the columns under ${JSON.stringify(node.name)} disagree about its shape`)
  }

  #fault(leaf: number, what: string): Malformed {
    return new Malformed(`column "${this.#leaves[leaf]!.path}": ${what}`)
  }
}
