// How our column types stand in Parquet's schema. Every column is a leaf under the root; a nullable one is OPTIONAL.
//
//   boolean  BOOLEAN               timestamp  INT64, TIMESTAMP(milliseconds, UTC)
//   int32    INT32                 string     BYTE_ARRAY, STRING
//   int64    INT64                 json       BYTE_ARRAY, JSON
//   double   DOUBLE                binary     BYTE_ARRAY

import type { PhysicalType } from '../column.ts'
import { type Fields, ParquetError } from './thrift-read.ts'
import type { ThriftWriter } from './thrift-write.ts'

export interface SchemaColumn {
  name: string
  type: PhysicalType
  /** Without nulls in any file of the segment: then no definition levels are written. */
  required: boolean
}

/** Parquet's enums, as parquet.thrift numbers them. */
const storageTypes = { boolean: 0, int32: 1, int64: 2, double: 5, byteArray: 6 } as const
export const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const
export const codecs = { uncompressed: 0, zstd: 6 } as const
export const pageTypes = { data: 0, dictionary: 2 } as const
const repetitions = { required: 0, optional: 1 } as const
/** The older way to say the same, which some readers still look at. */
const convertedTypes = { utf8: 0, timestampMillis: 9, json: 19 } as const
const logicalTypes = { string: 1, timestamp: 8, json: 12 } as const

interface Kind {
  storage: number
  converted?: number
  /** field of the LogicalType union */
  logical?: number
}

const kinds: Record<PhysicalType, Kind> = {
  boolean: { storage: storageTypes.boolean },
  int32: { storage: storageTypes.int32 },
  int64: { storage: storageTypes.int64 },
  double: { storage: storageTypes.double },
  timestamp: {
    storage: storageTypes.int64,
    converted: convertedTypes.timestampMillis,
    logical: logicalTypes.timestamp,
  },
  string: { storage: storageTypes.byteArray, converted: convertedTypes.utf8, logical: logicalTypes.string },
  json: { storage: storageTypes.byteArray, converted: convertedTypes.json, logical: logicalTypes.json },
  binary: { storage: storageTypes.byteArray },
}

export function storageType(type: PhysicalType): number {
  return kinds[type].storage
}

/** Writes the root and its leaves as field 2 of FileMetaData. */
export function writeSchema(out: ThriftWriter, columns: readonly SchemaColumn[]): void {
  out.structs(2, [undefined, ...columns], column => {
    if (column === undefined) {
      out.string(4, 'alluvium')
      out.i32(5, columns.length)
    } else writeElement(out, column)
  })
}

function writeElement(out: ThriftWriter, { name, type, required }: SchemaColumn): void {
  const { storage, converted, logical } = kinds[type]
  out.i32(1, storage)
  out.i32(3, required ? repetitions.required : repetitions.optional)
  out.string(4, name)
  if (converted !== undefined) out.i32(6, converted)
  if (logical !== undefined) out.struct(10, () => out.struct(logical, () => writeLogicalType(out, logical)))
}

function writeLogicalType(out: ThriftWriter, logical: number): void {
  if (logical !== logicalTypes.timestamp) return
  const milliseconds = 1
  out.bool(1, true)
  out.struct(2, () => out.struct(milliseconds, () => {}))
}

/** @throws ParquetError when the schema has a type that we don't write */
export function readSchema(footer: Fields): SchemaColumn[] {
  const [, ...leaves] = footer.structs(2)
  return leaves.map(leaf => ({
    name: leaf.string(4),
    type: readType(leaf),
    required: leaf.number(3) === repetitions.required,
  }))
}

function readType(leaf: Fields): PhysicalType {
  const storage = leaf.number(1)
  const converted = leaf.has(6) ? leaf.number(6) : undefined
  const types = Object.keys(kinds) as PhysicalType[]
  const type = types.find(type => kinds[type].storage === storage && kinds[type].converted === converted)
  if (type === undefined) throw new ParquetError(`column ${leaf.string(4)} has a type that we do not write`)
  return type
}
