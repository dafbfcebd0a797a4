// What is merged, and what it becomes.

import type { Part, PartRole } from '../contract/segment.ts'

export interface MergePlan {
  segmentId: string
  role: PartRole
  /** neighbours, in log order */
  parts: Part[]
  /** for each of them those of other roles that merge with it */
  beside: Part[][]
}

/** What several parts of a role become. */
export interface Joined {
  role: PartRole
  parts: readonly Part[]
  /** where it is not the sum of theirs */
  rows?: number
  body: AsyncIterable<Uint8Array>
}
