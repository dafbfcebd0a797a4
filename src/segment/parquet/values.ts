// The values of one column chunk in the encoding that it will have, page by page. Nulls have no place among them: they
// are in the definition levels.

import type { Bounds } from './bounds.ts'
import type { PageRows } from './page-rows.ts'

export interface ChunkValues {
  encoding: number
  /** the body of the dictionary page that precedes the data pages, and how many values it holds */
  dictionary: { body: Uint8Array; count: number } | undefined
  /** Bytes that the values of those rows take at most. */
  bytesMax(rows: PageRows): number
  /** @returns where the values of those rows end in `out` */
  write(rows: PageRows, out: Uint8Array, at: number): number
  bounds(rows: PageRows): Bounds | undefined
}
