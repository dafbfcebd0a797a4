// An Arrow IPC stream or file as NDJSON, record batch by record batch.

import { readBatch } from './arrow-batch.ts'
import { hasTextKeys, readColumns } from './arrow-column.ts'
import { Dictionary } from './arrow-dictionary.ts'
import { type Message, readMessages } from './arrow-message.ts'
import { type ArrowField, readSchema } from './arrow-schema.ts'
import { Budget, tooLarge } from './budget.ts'
import { inPlace, Malformed, placed } from './malformed.ts'
import { type Column, NdjsonWriter } from './ndjson-writer.ts'
import { objectKeys, rowBytesMin } from './object-keys.ts'
import type { Inflaters } from './parquet-page.ts'

export interface ArrowBounds {
  inflatedBytesMax: number
  eventDepthMax: number
  inflaters: Inflaters
}

/**
 * @throws Malformed  what is wrong, in which record batch and column
 * @throws Refused    `body_too_large`
 */
export function arrowToNdjson(
  body: Uint8Array,
  bounds: ArrowBounds,
): { ndjson: Uint8Array<ArrayBuffer>; rowCount: number } {
  const messages = readMessages(body)
  const first = messages.next().value as Message | undefined
  if (first?.kind !== 'schema') throw new Malformed('the stream does not begin with a schema')
  const stream = new StreamDecoder(first, bounds)
  for (const message of messages) {
    if (message.kind === 'schema')
      throw new Malformed('the stream has a second schema', 'Send one stream a request.')
    if (message.kind === 'dictionary') stream.takeDictionary(message)
    else stream.writeBatch(message)
  }
  return stream.finish()
}

class StreamDecoder {
  readonly #bounds: ArrowBounds
  readonly #budget: Budget
  readonly #out: NdjsonWriter
  readonly #fields: ArrowField[]
  readonly #keys: Uint8Array[]
  /** What the entries of each dictionary are, by its id. */
  readonly #entryFields = new Map<number, ArrowField>()
  readonly #dictionaries = new Map<number, Dictionary>()
  #batchCount = 0
  #rowCount = 0

  constructor(schema: Message, bounds: ArrowBounds) {
    this.#bounds = bounds
    this.#budget = new Budget(bounds.inflatedBytesMax)
    this.#out = new NdjsonWriter(bounds.inflatedBytesMax)
    this.#fields = inPlace('schema', () => readSchema(schema.header))
    this.#keys = inPlace('schema', () => objectKeys(this.#fields.map(field => field.name)))
    if (this.#fields.length === 0) throw new Malformed('the schema has no columns')
    inPlace('schema', () => {
      for (const field of this.#fields) {
        checkDepth(field, 1, bounds.eventDepthMax)
        this.#noteDictionaries(field)
      }
    })
  }

  takeDictionary({ header, body }: Message): void {
    const id = header.int64(0)
    inPlace(`dictionary ${id}`, () => {
      const entries = this.#entryFields.get(id)
      const batch = header.table(1)
      if (!entries || !batch) throw new Malformed('no column uses it')
      const data = readBatch(batch, body, this.#budget, this.#bounds.inflaters)
      const [column] = readColumns([entries], data, this.#dictionaries)
      const isDelta = header.boolean(2)
      const dictionary = (isDelta && this.#dictionaries.get(id)) || new Dictionary()
      dictionary.append(column!)
      this.#dictionaries.set(id, dictionary)
    })
  }

  writeBatch({ header, body }: Message): void {
    inPlace(`record batch ${this.#batchCount++}`, () => {
      const { inflatedBytesMax, inflaters } = this.#bounds
      const batch = readBatch(header, body, this.#budget, inflaters)
      if (batch.rowCount * rowBytesMin(this.#keys) > inflatedBytesMax) throw tooLarge(inflatedBytesMax)
      const columns = readColumns(this.#fields, batch, this.#dictionaries)
      for (let row = 0; row < batch.rowCount; row++) this.#writeRow(columns, row)
      this.#rowCount += batch.rowCount
    })
  }

  finish(): { ndjson: Uint8Array<ArrayBuffer>; rowCount: number } {
    return { ndjson: this.#out.finish(), rowCount: this.#rowCount }
  }

  #writeRow(columns: readonly Column[], row: number): void {
    const out = this.#out
    let i = 0
    try {
      for (; i < columns.length; i++) {
        const key = this.#keys[i]!
        out.raw(key, 0, key.length)
        columns[i]!.write(out, row)
      }
    } catch (error) {
      throw placed(`column ${JSON.stringify(this.#fields[i]!.name)}, row ${row}`, error)
    }
    out.byte(0x7d)
    out.byte(0x0a)
  }

  /**
   * The entries of a dictionary are what its field would be without it. Fields that share one must be of one type,
   * which also keeps a dictionary from being nested in itself.
   */
  #noteDictionaries(field: ArrowField): void {
    if (field.dictionary) {
      const { id } = field.dictionary
      const entries = { ...field, dictionary: undefined }
      const known = this.#entryFields.get(id)
      if (known && !sameType(known, entries))
        throw new Malformed(`dictionary ${id} is used for columns of different types`)
      this.#entryFields.set(id, entries)
    }
    for (const child of field.children) this.#noteDictionaries(child)
  }
}

function sameType(left: ArrowField, right: ArrowField): boolean {
  const withoutName = (field: ArrowField) => JSON.stringify({ ...field, name: '' })
  return withoutName(left) === withoutName(right)
}

/** @param around  how many JSON objects and lists there are around the field, the event being the first */
function checkDepth(field: ArrowField, around: number, depthMax: number): void {
  const { kind } = field.type
  const isMap = kind === 'map'
  const opens = kind === 'struct' || kind === 'list' || kind === 'list_view' || kind === 'fixed_list' || isMap
  // A map with text keys is one object; with other keys it is a list of objects.
  const inside = around + (opens ? 1 : 0) + (isMap && !hasTextKeys(field) ? 1 : 0)
  if (inside > depthMax) {
    throw new Malformed(
      `field ${JSON.stringify(field.name)} nests deeper than ${depthMax} levels`,
      'Flatten it and send the file again.',
    )
  }
  const children = isMap ? field.children[0]!.children : field.children
  for (const child of children) checkDepth(child, inside, depthMax)
}
