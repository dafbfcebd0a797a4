// A column of a record batch as something that writes its value at any row. Buffers stay as they came; each access is
// checked against the buffer or child that it reaches into, so crafted offsets can't leave it.

import type { BatchData } from './arrow-batch.ts'
import type { Dictionaries } from './arrow-dictionary.ts'
import type { ArrowField, ArrowType, OffsetBits } from './arrow-schema.ts'
import { fixedRanges, integerReader, need, type Range, scalarFormat, within } from './arrow-values.ts'
import * as canonical from './canonical.ts'
import { type Format, type Source, sourceOf } from './canonical.ts'
import { inPlace, Malformed } from './malformed.ts'
import type { Column } from './ndjson-writer.ts'
import { objectKeys } from './object-keys.ts'

type Write = Column['write']

const WITHOUT_VALIDITY: readonly ArrowType['kind'][] = ['null', 'union', 'run_end']
const VIEW_BYTES = 16
const VIEW_INLINE_MAX = 12

/** The columns of a batch, all of `batch.rowCount` rows. */
export function readColumns(
  fields: readonly ArrowField[],
  batch: BatchData,
  dictionaries: Dictionaries,
): Column[] {
  const reader = new ColumnsReader(batch, dictionaries)
  return fields.map(field =>
    inPlace(`column ${JSON.stringify(field.name)}`, () => {
      const column = reader.column(field)
      if (column.length !== batch.rowCount)
        throw new Malformed(`it has ${column.length} rows, its batch ${batch.rowCount}`)
      return column
    }),
  )
}

class ColumnsReader {
  readonly #batch: BatchData
  readonly #dictionaries: Dictionaries
  #nodeIndex = 0
  #bufferIndex = 0
  #variadicIndex = 0

  constructor(batch: BatchData, dictionaries: Dictionaries) {
    this.#batch = batch
    this.#dictionaries = dictionaries
  }

  column(field: ArrowField): Column {
    const [length, nullCount] = this.#batch.nodes[this.#nodeIndex++] ?? []
    if (length === undefined || !(length >= 0)) throw new Malformed(`a field of length ${length}`)
    // Indexes into a dictionary are integers, whatever its entries are.
    const hasValidity = field.dictionary !== undefined || !WITHOUT_VALIDITY.includes(field.type.kind)
    const validity = hasValidity ? this.#buffer() : undefined
    const values = field.dictionary
      ? this.#indexed(field, length)
      : { write: this.#write(field, field.type, length), isNull: () => false }
    if (!validity || nullCount === 0) return { length, ...values }
    need(validity, Math.ceil(length / 8), 'validity')
    const isMissing = (row: number) => ((validity[row >> 3]! >> (row & 7)) & 1) === 0
    return {
      length,
      write: (out, row) => {
        if (isMissing(row)) out.ascii('null')
        else values.write(out, row)
      },
      isNull: row => isMissing(row) || values.isNull(row),
    }
  }

  #write(field: ArrowField, type: ArrowType, length: number): Write {
    switch (type.kind) {
      case 'null':
        return out => out.ascii('null')
      case 'boolean':
        return this.#booleans(length)
      case 'bytes':
        return this.#bytes(type.offsetBits, length, type.text ? canonical.text : canonical.base64)
      case 'view':
        return this.#views(length, type.text ? canonical.text : canonical.base64)
      case 'fixed':
        return this.#fixed(type.byteWidth, length, type.uuid ? canonical.uuid : canonical.base64)
      case 'struct':
        return this.#struct(field, length)
      case 'list':
        return this.#list(field, this.#offsets(type.offsetBits, length))
      case 'list_view':
        return this.#list(field, this.#viewRanges(type.offsetBits, length))
      case 'fixed_list':
        return this.#list(field, fixedRanges(type.size))
      case 'map':
        return this.#map(field, this.#offsets(32, length))
      case 'union':
        return this.#union(field, type, length)
      case 'run_end':
        return this.#runEnds(field, length)
      default: {
        const { byteWidth, format } = scalarFormat(type)
        return this.#fixed(byteWidth, length, format)
      }
    }
  }

  #buffer(): Uint8Array {
    const buffer = this.#batch.buffers[this.#bufferIndex++]
    if (!buffer) throw new Malformed('the batch has fewer buffers than its schema needs')
    return buffer
  }

  #fixed(byteWidth: number, length: number, format: Format): Write {
    if (!(byteWidth >= 0)) throw new Malformed(`values of ${byteWidth} bytes are impossible`)
    const source = sourceOf(need(this.#buffer(), length * byteWidth, 'values'))
    return (out, row) => format(out, source, row * byteWidth, (row + 1) * byteWidth)
  }

  #booleans(length: number): Write {
    const bits = need(this.#buffer(), Math.ceil(length / 8), 'values')
    return (out, row) => out.ascii((bits[row >> 3]! >> (row & 7)) & 1 ? 'true' : 'false')
  }

  #bytes(offsetBits: OffsetBits, length: number, format: Format): Write {
    const range = this.#offsets(offsetBits, length)
    const source = sourceOf(this.#buffer())
    return (out, row) => {
      const { start, end } = within(range(row), source.bytes.length)
      format(out, source, start, end)
    }
  }

  /** Short values lie in their view, others are a prefix, a buffer and an offset. */
  #views(length: number, format: Format): Write {
    const views = sourceOf(need(this.#buffer(), length * VIEW_BYTES, 'views'))
    const count = this.#batch.variadicCounts[this.#variadicIndex++] ?? 0
    if (!(count <= this.#batch.buffers.length))
      throw new Malformed(`${count} data buffers are more than the batch has`)
    const data: Source[] = []
    for (let i = 0; i < count; i++) data.push(sourceOf(this.#buffer()))
    return (out, row) => {
      const at = row * VIEW_BYTES
      const byteCount = views.view.getInt32(at, true)
      if (byteCount >= 0 && byteCount <= VIEW_INLINE_MAX)
        return format(out, views, at + 4, at + 4 + byteCount)
      const source = data[views.view.getInt32(at + 8, true)]
      if (!source) throw new Malformed('a view refers to a buffer that is not there')
      const start = views.view.getInt32(at + 12, true)
      within({ start, end: start + byteCount }, source.bytes.length)
      format(out, source, start, start + byteCount)
    }
  }

  #struct(field: ArrowField, length: number): Write {
    const keys = objectKeys(field.children.map(child => child.name))
    const columns = this.#children(field)
    for (const column of columns)
      if (column.length < length) throw new Malformed('a struct is longer than its fields')
    return (out, row) => {
      if (keys.length === 0) out.byte(0x7b)
      for (let i = 0; i < keys.length; i++) {
        out.raw(keys[i]!, 0, keys[i]!.length)
        columns[i]!.write(out, row)
      }
      out.byte(0x7d)
    }
  }

  #list(field: ArrowField, range: Range): Write {
    const item = this.column(field.children[0]!)
    return (out, row) => {
      const { start, end } = within(range(row), item.length)
      out.byte(0x5b)
      for (let i = start; i < end; i++) {
        if (i > start) out.byte(0x2c)
        item.write(out, i)
      }
      out.byte(0x5d)
    }
  }

  #map(field: ArrowField, range: Range): Write {
    const entries = field.children[0]!
    const entryLength = this.#batch.nodes[this.#nodeIndex++]?.[0] ?? 0
    // Entries are never null, so their validity says nothing.
    this.#buffer()
    const [key, value] = this.#children(entries)
    const length = Math.min(entryLength, key!.length, value!.length)
    const asObject = hasTextKeys(field)
    const [open, close] = asObject ? [0x7b, 0x7d] : [0x5b, 0x5d]
    return (out, row) => {
      const { start, end } = within(range(row), length)
      out.byte(open)
      for (let i = start; i < end; i++) {
        if (i > start) out.byte(0x2c)
        if (!asObject) out.ascii('{"key":')
        else if (key!.isNull(i)) throw new Malformed(`map ${JSON.stringify(field.name)} has a null key`)
        key!.write(out, i)
        out.ascii(asObject ? ':' : ',"value":')
        value!.write(out, i)
        if (!asObject) out.byte(0x7d)
      }
      out.byte(close)
    }
  }

  /** The value of whichever child a row chose; which one it was is not kept. */
  #union(
    field: ArrowField,
    { dense, typeIds }: Extract<ArrowType, { kind: 'union' }>,
    length: number,
  ): Write {
    const types = need(this.#buffer(), length, 'type ids')
    const offsets = dense ? sourceOf(need(this.#buffer(), length * 4, 'offsets')).view : undefined
    const children = this.#children(field)
    const byTypeId = new Map(children.map((child, i) => [typeIds[i] ?? i, child]))
    return (out, row) => {
      const child = byTypeId.get((types[row]! << 24) >> 24)
      const at = offsets ? offsets.getInt32(row * 4, true) : row
      if (!child || !(at >= 0 && at < child.length))
        throw new Malformed(`union ${JSON.stringify(field.name)} refers to a value that is not there`)
      child.write(out, at)
    }
  }

  #runEnds(field: ArrowField, length: number): Write {
    const ends = this.#runEndValues(field.children[0]!)
    const values = this.column(field.children[1]!)
    const runCount = Math.min(ends.length, values.length)
    if (length > 0 && !(ends.at(runCount - 1) >= length))
      throw new Malformed('its runs end before its rows do')
    return (out, row) => {
      let low = 0
      let high = runCount - 1
      while (low < high) {
        const middle = (low + high) >> 1
        if (ends.at(middle) > row) high = middle
        else low = middle + 1
      }
      values.write(out, low)
    }
  }

  #runEndValues({ type }: ArrowField): { length: number; at: (run: number) => number } {
    const [length] = this.#batch.nodes[this.#nodeIndex++] ?? [0]
    this.#buffer()
    const at = integerReader(this.#buffer(), type.kind === 'int' ? type.bits : 0, true, length!)
    return { length: length!, at }
  }

  #indexed(field: ArrowField, length: number): Omit<Column, 'length'> {
    const { id, indexBits, indexSigned } = field.dictionary!
    const indexAt = integerReader(this.#buffer(), indexBits, indexSigned, length)
    const dictionary = this.#dictionaries.get(id)
    if (!dictionary) throw new Malformed(`dictionary ${id} has not been sent`)
    return {
      write: (out, row) => dictionary.write(out, indexAt(row)),
      isNull: row => dictionary.isNull(indexAt(row)),
    }
  }

  #children(field: ArrowField): Column[] {
    return field.children.map(child =>
      inPlace(`field ${JSON.stringify(child.name)}`, () => this.column(child)),
    )
  }

  /** length + 1 offsets; a column without rows may leave them all out. */
  #offsets(offsetBits: OffsetBits, length: number): Range {
    const at = integerReader(this.#buffer(), offsetBits, true, length === 0 ? 0 : length + 1)
    return row => ({ start: at(row), end: at(row + 1) })
  }

  #viewRanges(offsetBits: OffsetBits, length: number): Range {
    const startAt = integerReader(this.#buffer(), offsetBits, true, length)
    const sizeAt = integerReader(this.#buffer(), offsetBits, true, length)
    return row => {
      const start = startAt(row)
      return { start, end: start + sizeAt(row) }
    }
  }
}

/** Whether a map becomes an object: its keys are text and so can be JSON keys. */
export function hasTextKeys(map: ArrowField): boolean {
  const { type } = map.children[0]!.children[0]!
  return (type.kind === 'bytes' || type.kind === 'view') && type.text
}
