// Stepping through one column chunk, entry by entry: an entry is a value, or says by its levels which of the value's
// ancestors is null or empty (Melnik et al., "Dremel", 2010). One page is in memory at a time, and the dictionary.

import type { Budget } from './budget.ts'
import { ByteCursor } from './byte-cursor.ts'
import { type Format, sourceOf, verbatim } from './canonical.ts'
import { inPlace, Malformed, placed } from './malformed.ts'
import { NdjsonWriter } from './ndjson-writer.ts'
import { readHybrid } from './parquet-encoding.ts'
import type { Chunk } from './parquet-footer.ts'
import { formatOf, physical, valueBytes } from './parquet-format.ts'
import { type Inflaters, inflatePage, type Page, readPage } from './parquet-page.ts'
import type { LeafNode } from './parquet-schema.ts'
import { readPlain, readValues, spanned, type Values } from './parquet-values.ts'

const RLE = 3
const DICTIONARY_ENCODINGS = [2, 8]

export interface ColumnContext {
  body: Uint8Array
  budget: Budget
  inflaters: Inflaters
  /** for messages */
  place: string
}

export class ColumnReader {
  /** of the entry that the reader stands on */
  definition = 0
  repetition = 0
  done = false

  readonly #leaf: LeafNode
  readonly #chunk: Chunk
  readonly #context: ColumnContext
  readonly #cursor: ByteCursor
  readonly #format: Format
  readonly #width: number
  #pageFormat: Format
  #dictionary: Values | undefined
  #entriesLeft: number
  #entry = -1
  #entryCount = 0
  #definitions: Uint8Array | undefined
  #repetitions: Uint8Array | undefined
  #values: Values | undefined
  #valueIndex = 0

  constructor(leaf: LeafNode, chunk: Chunk, context: ColumnContext) {
    this.#leaf = leaf
    this.#chunk = chunk
    this.#context = context
    this.#cursor = new ByteCursor(context.body.subarray(chunk.start, chunk.end))
    this.#format = inPlace(context.place, () => formatOf(leaf.element))
    this.#width = inPlace(context.place, () => valueBytes(leaf.element))
    this.#pageFormat = this.#format
    this.#entriesLeft = chunk.valueCount
    this.advance()
  }

  /** Writes the value of this entry, which must be there: its definition level is the column's highest. */
  write(out: NdjsonWriter): void {
    const { source, base, width, spans, indexes } = this.#values!
    const value = this.#valueIndex++
    const i = indexes ? indexes[value]! : value
    const start = spans ? spans[2 * i]! : base + i * width
    const end = spans ? spans[2 * i + 1]! : start + width
    try {
      this.#pageFormat(out, source, start, end)
    } catch (error) {
      throw placed(this.#context.place, error)
    }
  }

  /** On to the next entry; `done` when there is none. */
  advance(): void {
    if (++this.#entry === this.#entryCount) inPlace(this.#context.place, () => this.#nextPage())
    if (this.done) return
    this.definition = this.#definitions ? this.#definitions[this.#entry]! : this.#leaf.presentLevel
    this.repetition = this.#repetitions ? this.#repetitions[this.#entry]! : 0
  }

  #nextPage(): void {
    this.#entry = 0
    this.#entryCount = 0
    while (this.#entryCount === 0) {
      if (this.#entriesLeft === 0) {
        this.done = true
        this.repetition = 0
        return
      }
      if (this.#cursor.left === 0) throw new Malformed(`its pages end ${this.#entriesLeft} values early`)
      const page = readPage(this.#cursor, this.#context.budget)
      if (page.kind === 'dictionary') this.#readDictionary(page)
      else if (page.kind !== 'index') this.#readData(page)
    }
  }

  /** Entries are written as JSON once, and copied from there for each value that refers to them. */
  #readDictionary(page: Page): void {
    if (this.#dictionary) throw new Malformed('a second dictionary')
    const { element } = this.#leaf
    // A span of two integers each; booleans are packed eight to a byte.
    this.#context.budget.spend(8 * page.entryCount)
    const cursor = new ByteCursor(this.#inflate(page.bytes, page.inflatedBytes))
    const entries = readPlain(cursor, { type: element.type!, width: this.#width, count: page.entryCount })
    const out = new NdjsonWriter(this.#context.budget.left)
    const spans = new Int32Array(2 * entries.count)
    for (let i = 0; i < entries.count; i++) {
      const start = entries.spans ? entries.spans[2 * i]! : entries.base + i * entries.width
      const end = entries.spans ? entries.spans[2 * i + 1]! : start + entries.width
      spans[2 * i] = out.length
      this.#format(out, entries.source, start, end)
      spans[2 * i + 1] = out.length
    }
    this.#context.budget.spend(out.length)
    this.#dictionary = spanned(sourceOf(out.finish()), spans)
  }

  #readData(page: Page): void {
    if (page.entryCount > this.#entriesLeft)
      throw new Malformed(`a page holds ${page.entryCount} values where ${this.#entriesLeft} are left`)
    this.#entriesLeft -= page.entryCount
    this.#entryCount = page.entryCount
    const valuesCursor = page.kind === 'data' ? this.#readLevels(page) : this.#readLevels2(page)
    const count = this.#presentCount()
    this.#valueIndex = 0
    this.#pageFormat = DICTIONARY_ENCODINGS.includes(page.encoding) ? verbatim : this.#format
    // A page of nulls may hold no bytes at all, not even those of an empty compressed frame.
    const encoded = { encoding: page.encoding, type: this.#leaf.element.type!, width: this.#width, count }
    this.#values =
      count === 0 ? undefined : readValues(valuesCursor(), encoded, this.#dictionary, this.#context.budget)
  }

  /** The first kind of page: levels and values are compressed together. */
  #readLevels(page: Page): () => ByteCursor {
    const cursor = new ByteCursor(
      page.inflatedBytes === 0 ? new Uint8Array(0) : this.#inflate(page.bytes, page.inflatedBytes),
    )
    const levels = (levelMax: number, encoding: number) => {
      if (levelMax === 0) return undefined
      if (encoding !== RLE)
        throw new Malformed(
          'levels are in the deprecated BIT_PACKED encoding',
          'Write the file with a current library.',
        )
      const end = cursor.u32() + cursor.at
      const read = readLevels(cursor, levelMax, end, page.entryCount)
      cursor.skip(end - cursor.at)
      return read
    }
    this.#repetitions = levels(this.#leaf.repetitionLevelMax, page.levelEncodings.repetition)
    this.#definitions = levels(this.#leaf.presentLevel, page.levelEncodings.definition)
    return () => cursor
  }

  /** The second kind: levels stand before the values, never compressed and without a length of their own. */
  #readLevels2(page: Page): () => ByteCursor {
    const cursor = new ByteCursor(page.bytes)
    const levels = (levelMax: number, byteCount: number) => {
      const end = cursor.at + byteCount
      const read = levelMax === 0 ? undefined : readLevels(cursor, levelMax, end, page.entryCount)
      cursor.skip(end - cursor.at)
      return read
    }
    this.#repetitions = levels(this.#leaf.repetitionLevelMax, page.levelBytes.repetition)
    this.#definitions = levels(this.#leaf.presentLevel, page.levelBytes.definition)
    const valueBytesCompressed = cursor.take(cursor.left)
    const contentBytes = page.inflatedBytes - page.levelBytes.repetition - page.levelBytes.definition
    return () => {
      if (!page.compressed) return new ByteCursor(valueBytesCompressed)
      if (contentBytes < 0) throw new Malformed('a page is smaller than its levels')
      return new ByteCursor(this.#inflate(valueBytesCompressed, contentBytes))
    }
  }

  #presentCount(): number {
    const levels = this.#definitions
    if (!levels) return this.#entryCount
    const present = this.#leaf.presentLevel
    let count = 0
    for (let i = 0; i < levels.length; i++) if (levels[i] === present) count++
    return count
  }

  #inflate(bytes: Uint8Array, contentBytes: number): Uint8Array {
    return inflatePage(this.#chunk.codec, bytes, contentBytes, this.#context.inflaters)
  }
}

function readLevels(cursor: ByteCursor, levelMax: number, end: number, count: number): Uint8Array {
  if (end > cursor.end) throw new Malformed('levels go on past the end of their page')
  const levels = new Uint8Array(count)
  readHybrid(cursor, 32 - Math.clz32(levelMax), end, levels)
  for (let i = 0; i < count; i++) {
    if (levels[i]! > levelMax)
      throw new Malformed(`level ${levels[i]} is past the column's highest, ${levelMax}`)
  }
  return levels
}

/** Whether a chunk holds what its column is declared as. */
export function checkChunk(leaf: LeafNode, chunk: Chunk): void {
  if (leaf.element.type !== chunk.type) {
    throw new Malformed(`its values are of physical type ${chunk.type}, the schema says ${leaf.element.type}`)
  }
  if (chunk.type < physical.boolean || chunk.type > physical.fixed)
    throw new Malformed(`physical type ${chunk.type} is unknown`)
}
