// What a run knows of the terms of a query, before anything is scored. Plain data.

export interface Expansion {
  /** events that say something */
  docs: number
  /** terms of their texts, added up over these events */
  docsLength: number
  /** for each term of the query */
  terms: ExpandedTerm[]
}

/** The terms of a run that a term of the query can mean. */
export interface ExpandedTerm {
  terms: string[]
  /** a `grade` each */
  grades: Uint8Array
  /** f64: events that hold it */
  docs: Float64Array
}

/** How near a term is to what was asked for. One and two edits are `edits - 1 + grade.oneEdit`. */
export const grade = { same: 0, begun: 1, oneEdit: 2, twoEdits: 3 } as const
