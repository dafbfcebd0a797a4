// What the events of a batch say and mention, as columns: what a pack makes of them, before it is anybody's index. Rows
// are those of the batch's accepted events, `CheckedBatch.accepted`. Plain data.

import type { TextColumn } from '../base/text-column.ts'

export interface Derived {
  rowCount: number
  /** distinct texts of the batch, in the order in which they first came; none is empty */
  texts: TextColumn
  /** i32[rows]: the row's text, -1 for none */
  textOf: Int32Array
  nodes: DerivedNodes
  /** which event mentions which node; each pair once, in row order. u32[mentions] each */
  mentions: { row: Uint32Array; node: Uint32Array }
  edges: DerivedEdges
  attributes: DerivedAttributes
}

/** Distinct nodes of the batch, in the order in which they first came. */
export interface DerivedNodes {
  /** names of types: `member`, `game` */
  types: string[]
  /** u16[nodes]: index into `types` */
  type: Uint16Array
  keys: TextColumn
}

/** What events link, in row order; an event links two nodes by a type at most once. */
export interface DerivedEdges {
  /** names of types: `opened`, `saw` */
  types: string[]
  /** u32[edges] each; `from` and `to` are nodes */
  row: Uint32Array
  from: Uint32Array
  to: Uint32Array
  /** u16[edges]: index into `types` */
  type: Uint16Array
  /** f64[edges]: 1 unless the pack names a field */
  weight: Float64Array
}

/** What events say about nodes, in row order. Of several values of one name the newest holds. */
export interface DerivedAttributes {
  names: string[]
  /** u32[attributes] each */
  row: Uint32Array
  node: Uint32Array
  /** u16[attributes]: index into `names` */
  name: Uint16Array
  /** each a JSON value as it was written */
  values: TextColumn
}
