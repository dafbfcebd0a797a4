// A graph as a question sees it: the runs that it is asked of, each with its scope. Of what they say of one thing nothing
// depends on how events lie in runs.

import type { Facts, GraphRun, GraphScope } from '../../segment/graph/run.ts'
import { compareSegmentIds } from '../../segment/slice.ts'

export interface GraphSource {
  run: GraphRun
  /** of one stream */
  segmentId: string
  scope: GraphScope
}

/** An event that says it. */
export interface Evidence {
  segmentId: string
  doc: number
  timeMs: number
}

/** Rows of the answers of sources, as one: what they count, when, and the newest docs. */
export class FactsSum {
  count = 0
  /** ms; undefined while no event counts */
  firstMs: number | undefined
  lastMs: number | undefined
  readonly #evidence: (Evidence & { rank: number })[] = []

  add(facts: Facts, row: number, { segmentId, rank }: RankedSource): void {
    if (facts.count[row] === 0) return
    this.count += facts.count[row]!
    this.firstMs = Math.min(this.firstMs ?? Number.POSITIVE_INFINITY, facts.firstMs[row]!)
    this.lastMs = Math.max(this.lastMs ?? Number.NEGATIVE_INFINITY, facts.lastMs[row]!)
    for (let at = facts.evidenceAt[row]!; at < facts.evidenceAt[row + 1]!; at++) {
      const doc = facts.evidenceDoc[at]!
      this.#evidence.push({ segmentId, rank, doc, timeMs: facts.evidenceMs[at]! })
    }
  }

  /** The newest docs: those of later segments first, and in a segment the higher. */
  evidence(evidenceMax: number): Evidence[] {
    return this.#evidence
      .sort((left, right) => right.rank - left.rank || right.doc - left.doc)
      .slice(0, evidenceMax)
      .map(({ segmentId, doc, timeMs }) => ({ segmentId, doc, timeMs }))
  }
}

/** `rank` rises with the segments. */
export type RankedSource = GraphSource & { rank: number }

export function rankSources(sources: readonly GraphSource[]): RankedSource[] {
  const segmentIds = [...new Set(sources.map(({ segmentId }) => segmentId))].sort(compareSegmentIds)
  return sources.map(source => ({ ...source, rank: segmentIds.indexOf(source.segmentId) }))
}
