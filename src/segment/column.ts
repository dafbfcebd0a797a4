// A column in Arrow's memory layout: what the sealer builds, what Parquet is written from and what Arrow IPC is made of.

export type PhysicalType =
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'timestamp'
  | 'string'
  | 'json'
  | 'binary'

interface ColumnBase {
  name: string
  rowCount: number
  nullCount: number
  /** Bitmap, least significant bit first, 1 = present; undefined when nothing is null. */
  validity: Uint8Array | undefined
}

export interface BooleanColumn extends ColumnBase {
  type: 'boolean'
  /** bitmap of rowCount bits, least significant bit first */
  values: Uint8Array
}

export interface Int32Column extends ColumnBase {
  type: 'int32'
  values: Int32Array
}

/** `timestamp` is ms since 1970 UTC. */
export interface Int64Column extends ColumnBase {
  type: 'int64' | 'timestamp'
  values: BigInt64Array
}

export interface DoubleColumn extends ColumnBase {
  type: 'double'
  values: Float64Array
}

/** Values back to back in `data`; value i is [offsets[i], offsets[i + 1]). */
export interface ByteValues {
  offsets: Int32Array
  data: Uint8Array
}

export interface BytesColumn extends ColumnBase, ByteValues {
  type: 'string' | 'json' | 'binary'
  dictionary?: never
}

/** Few distinct values: row i holds dictionary value indices[i]; a null row holds index 0. */
export interface DictionaryColumn extends ColumnBase {
  type: 'string' | 'json' | 'binary'
  indices: Int32Array
  dictionary: ByteValues
}

export type Column = BooleanColumn | Int32Column | Int64Column | DoubleColumn | BytesColumn | DictionaryColumn

export function isPresent(validity: Uint8Array | undefined, row: number): boolean {
  return validity === undefined || ((validity[row >> 3]! >> (row & 7)) & 1) === 1
}
