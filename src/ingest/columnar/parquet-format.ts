// How the values of a Parquet column are written, from its physical type and what it is annotated with. The annotation
// came in two generations, converted types and logical types; the later one wins. An unknown one is left out of
// account, as the format asks of readers: the physical value is written.

import type { Format } from './canonical.ts'
import * as canonical from './canonical.ts'
import { date32, int96, parquetInterval, time, timestamp } from './canonical-time.ts'
import { Malformed } from './malformed.ts'
import type { SchemaElement } from './parquet-footer.ts'

export const physical = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  byteArray: 6,
  fixed: 7,
} as const

const logicalKinds = {
  string: 1,
  enum: 4,
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
  unknown: 11,
  json: 12,
  uuid: 14,
  float16: 15,
} as const

const converted = {
  utf8: 0,
  enum: 4,
  decimal: 5,
  date: 6,
  timeMillis: 7,
  timeMicros: 8,
  timestampMillis: 9,
  timestampMicros: 10,
  uint8: 11,
  uint64: 14,
  json: 19,
  interval: 21,
} as const

/** Bytes of one value; 0 where each value says its own. Booleans are unpacked to one byte. */
export function valueBytes(element: SchemaElement): number {
  const widths = [1, 4, 8, 12, 4, 8, 0]
  const width = element.type === physical.fixed ? element.typeLength : widths[element.type ?? -1]
  if (width === undefined) throw new Malformed(`a physical type ${element.type} is unknown`)
  if (element.type === physical.fixed && !(width > 0))
    throw new Malformed(`a fixed length of ${width} bytes is impossible`)
  return width
}

/** Text, JSON text included: JSON in a column stays a string, as its writer typed it. */
export function isText({ type, logical, convertedType }: SchemaElement): boolean {
  if (type !== physical.byteArray) return false
  const { string, json } = logicalKinds
  if (logical) return logical.kind === string || logical.kind === json || logical.kind === logicalKinds.enum
  return (
    convertedType === converted.utf8 || convertedType === converted.json || convertedType === converted.enum
  )
}

export function formatOf(element: SchemaElement): Format {
  if (element.logical?.kind === logicalKinds.unknown) return canonical.nothing
  if (isText(element)) return canonical.text
  switch (element.type) {
    case physical.boolean:
      return canonical.boolean
    case physical.int32:
      return int32Format(element)
    case physical.int64:
      return int64Format(element)
    case physical.int96:
      return int96
    case physical.float:
      return canonical.float32
    case physical.double:
      return canonical.float64
    default:
      return bytesFormat(element)
  }
}

function int32Format(element: SchemaElement): Format {
  const { logical, convertedType } = element
  if (logical?.kind === logicalKinds.date || convertedType === converted.date) return date32
  if (logical?.kind === logicalKinds.time || convertedType === converted.timeMillis) return time(3, 32)
  if (isDecimal(element)) return canonical.decimal(scaleOf(element), 'little')
  return isUnsigned(element) ? canonical.uint32 : canonical.int32
}

function int64Format(element: SchemaElement): Format {
  const { logical, convertedType } = element
  if (logical?.kind === logicalKinds.timestamp) return timestamp(logical.unitDigits)
  if (logical?.kind === logicalKinds.time) return time(logical.unitDigits, 64)
  if (convertedType === converted.timestampMillis) return timestamp(3)
  if (convertedType === converted.timestampMicros) return timestamp(6)
  if (convertedType === converted.timeMicros) return time(6, 64)
  if (isDecimal(element)) return canonical.decimal(scaleOf(element), 'little')
  return isUnsigned(element) ? canonical.uint64 : canonical.int64
}

function bytesFormat(element: SchemaElement): Format {
  const { type, typeLength, logical, convertedType } = element
  if (isDecimal(element)) return canonical.decimal(scaleOf(element), 'big')
  if (type === physical.fixed) {
    if (logical?.kind === logicalKinds.uuid && typeLength === 16) return canonical.uuid
    if (logical?.kind === logicalKinds.float16 && typeLength === 2) return canonical.float16
    if (convertedType === converted.interval && typeLength === 12) return parquetInterval
  }
  return canonical.base64
}

function isDecimal({ logical, convertedType }: SchemaElement): boolean {
  return logical?.kind === logicalKinds.decimal || convertedType === converted.decimal
}

/** Thrift has the scale twice; writers that know logical types fill both alike. */
function scaleOf({ logical, scale }: SchemaElement): number {
  return logical?.kind === logicalKinds.decimal ? logical.scale : scale
}

function isUnsigned({ logical, convertedType }: SchemaElement): boolean {
  if (logical?.kind === logicalKinds.integer) return !logical.signed
  return convertedType !== undefined && convertedType >= converted.uint8 && convertedType <= converted.uint64
}
