// The schema of an Arrow stream (Schema.fbs of Apache Arrow 21) in the words of this decoder.

import type { TimeUnit } from './canonical-time.ts'
import type { FlatTable } from './flatbuffer.ts'
import { Malformed } from './malformed.ts'

export type OffsetBits = 32 | 64

export type ArrowType =
  | { kind: 'null' | 'boolean' | 'struct' | 'run_end' }
  | { kind: 'int'; bits: number; signed: boolean }
  | { kind: 'float'; bits: number }
  | { kind: 'bytes'; text: boolean; offsetBits: OffsetBits }
  | { kind: 'view'; text: boolean }
  | { kind: 'fixed'; byteWidth: number; uuid: boolean }
  | { kind: 'decimal'; bits: number; scale: number }
  | { kind: 'date'; bits: 32 | 64 }
  | { kind: 'time'; unit: TimeUnit; bits: number }
  | { kind: 'timestamp'; unit: TimeUnit }
  | { kind: 'duration'; unit: TimeUnit }
  | { kind: 'interval'; unit: 'months' | 'days' | 'nanos' }
  | { kind: 'list'; offsetBits: OffsetBits }
  | { kind: 'list_view'; offsetBits: OffsetBits }
  | { kind: 'fixed_list'; size: number }
  | { kind: 'map' }
  | { kind: 'union'; dense: boolean; typeIds: number[] }

export interface ArrowField {
  name: string
  type: ArrowType
  children: ArrowField[]
  /** Set when the column holds indexes into the dictionary of this id. */
  dictionary: { id: number; indexBits: number; indexSigned: boolean } | undefined
}

/** Fields of one schema, children included. */
const fieldsMax = 10_000
/** Levels of fields: each level of JSON takes two at most, and dictionaries and run ends one more. */
const fieldDepthMax = 1_024
const LITTLE_ENDIAN = 0
const UNITS = [0, 3, 6, 9] as const

export function readSchema(schema: FlatTable): ArrowField[] {
  if (schema.int16(0) !== LITTLE_ENDIAN)
    throw new Malformed('the stream is big-endian', 'Write it on or for a little-endian machine.')
  let fieldCount = 0
  const readField = (field: FlatTable, depth: number): ArrowField => {
    if (++fieldCount > fieldsMax) throw new Malformed(`the schema has more than ${fieldsMax} fields`)
    if (depth > fieldDepthMax) throw new Malformed(`fields nest deeper than ${fieldDepthMax}`)
    const name = field.string(0) ?? ''
    const children = Array.from(field.tables(5), child => readField(child, depth + 1))
    const type = readType(field, name)
    checkChildren(name, type, children)
    return { name, type, children, dictionary: readDictionary(field) }
  }
  return Array.from(schema.tables(1), field => readField(field, 1))
}

function readDictionary(field: FlatTable): ArrowField['dictionary'] {
  const encoding = field.table(4)
  if (!encoding) return undefined
  const index = encoding.table(1)
  return { id: encoding.int64(0), indexBits: index?.int32(0) ?? 32, indexSigned: index?.boolean(1) ?? true }
}

function readType(field: FlatTable, name: string): ArrowType {
  const typeId = field.int8(2)
  const type = field.table(3)
  if (!type) throw new Malformed(`field ${JSON.stringify(name)} has no type`)
  switch (typeId) {
    case 1:
      return { kind: 'null' }
    case 2:
      return { kind: 'int', bits: type.int32(0), signed: type.boolean(1) }
    case 3:
      return { kind: 'float', bits: [16, 32, 64][type.int16(0)] ?? 0 }
    case 4:
      return { kind: 'bytes', text: false, offsetBits: 32 }
    case 5:
      return { kind: 'bytes', text: true, offsetBits: 32 }
    case 6:
      return { kind: 'boolean' }
    case 7:
      return { kind: 'decimal', scale: type.int32(1), bits: type.int32(2, 128) }
    case 8:
      return { kind: 'date', bits: type.int16(0, 1) === 0 ? 32 : 64 }
    case 9:
      return { kind: 'time', unit: unitOf(type.int16(0, 1)), bits: type.int32(1, 32) }
    case 10:
      return { kind: 'timestamp', unit: unitOf(type.int16(0)) }
    case 11:
      return {
        kind: 'interval',
        unit: (['months', 'days', 'nanos'] as const)[type.int16(0)] ?? unknownUnit(),
      }
    case 12:
      return { kind: 'list', offsetBits: 32 }
    case 13:
      return { kind: 'struct' }
    case 14:
      return { kind: 'union', dense: type.int16(0) === 1, typeIds: type.int32s(1) }
    case 15:
      return { kind: 'fixed', byteWidth: type.int32(0), uuid: isUuid(field) && type.int32(0) === 16 }
    case 16:
      return { kind: 'fixed_list', size: type.int32(0) }
    case 17:
      return { kind: 'map' }
    case 18:
      return { kind: 'duration', unit: unitOf(type.int16(0, 1)) }
    case 19:
      return { kind: 'bytes', text: false, offsetBits: 64 }
    case 20:
      return { kind: 'bytes', text: true, offsetBits: 64 }
    case 21:
      return { kind: 'list', offsetBits: 64 }
    case 22:
      return { kind: 'run_end' }
    case 23:
      return { kind: 'view', text: false }
    case 24:
      return { kind: 'view', text: true }
    case 25:
      return { kind: 'list_view', offsetBits: 32 }
    case 26:
      return { kind: 'list_view', offsetBits: 64 }
    default:
      throw new Malformed(
        `field ${JSON.stringify(name)} is of an unknown type (${typeId})`,
        'Cast it to a type of Arrow 1.4 or older.',
      )
  }
}

function unitOf(index: number): TimeUnit {
  return UNITS[index] ?? unknownUnit()
}

function unknownUnit(): never {
  throw new Malformed('a field has an unknown unit of time')
}

function isUuid(field: FlatTable): boolean {
  for (const pair of field.tables(6)) {
    if (pair.string(0) === 'ARROW:extension:name') return pair.string(1) === 'arrow.uuid'
  }
  return false
}

/** How many children a type has; undefined where any number will do. */
function childCount(kind: ArrowType['kind']): number | undefined {
  if (kind === 'struct' || kind === 'union') return undefined
  if (kind === 'run_end') return 2
  return kind === 'list' || kind === 'list_view' || kind === 'fixed_list' || kind === 'map' ? 1 : 0
}

function checkChildren(name: string, { kind }: ArrowType, children: readonly ArrowField[]): void {
  const what = `field ${JSON.stringify(name)}`
  const expected = childCount(kind)
  if (expected !== undefined && children.length !== expected) {
    throw new Malformed(`${what} (${kind}) has ${children.length} children`)
  }
  if (kind === 'map' && (children[0]!.type.kind !== 'struct' || children[0]!.children.length !== 2)) {
    throw new Malformed(`${what} is a map without keys and values`)
  }
  if (kind === 'run_end' && children[0]!.type.kind !== 'int') {
    throw new Malformed(`${what} has run ends that are no integers`)
  }
}
