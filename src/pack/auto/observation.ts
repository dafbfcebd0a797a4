// What events of a batch say, as columns: one cell for each value that an event has. Plain data, so that whoever reads
// the events needs to know nothing of what is made of them.

import type { TextColumn } from '../../base/text-column.ts'

/** What a value is in JSON. Nulls and empty strings are no values. */
export const valueKind = { flag: 0, integer: 1, number: 2, text: 3 } as const

/** What a value fills in the envelope of its event. */
export const envelopePart = { none: 0, id: 1, type: 2, entity: 3 } as const

export interface Observation {
  /** of the batch, whether they were looked at or not */
  eventCount: number
  /** events that were looked at; each cell belongs to one of them */
  rowCount: number
  /** dotted names of fields; `tags[]` stands for each element of an array */
  names: string[]
  /** u32[cells], rising */
  row: Uint32Array
  /** u32[cells]: index into `names` */
  name: Uint32Array
  /** u8[cells], see valueKind */
  kind: Uint8Array
  /** u8[cells], see envelopePart */
  part: Uint8Array
  /** [cells]: strings without quotes and unescaped, numbers as they are written */
  values: TextColumn
}
