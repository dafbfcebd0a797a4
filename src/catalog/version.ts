// A published version of the catalog, as readers hold it: immutable, whole, and small enough to hand to every thread.

import type { Segment } from '../contract/segment.ts'

export interface CatalogVersion {
  version: number
  appliedSeq: number
  /** by segment id */
  segments: ReadonlyMap<string, Segment>
}

/** The live segments of a stream, oldest slice first. */
export function segmentsOf(version: CatalogVersion, tenant: string, stream?: string): Segment[] {
  return [...version.segments.values()]
    .filter(segment => segment.tenant === tenant && (stream === undefined || segment.stream === stream))
    .sort(
      (left, right) =>
        left.from_ms - right.from_ms || left.until_ms - right.until_ms || left.generation - right.generation,
    )
}
