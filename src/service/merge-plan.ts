// Which parts merge next. Parts of one role lie in log order and merge with their neighbours only, so that docs keep
// their order. Of all stretches of neighbours that one merges whose largest part weighs least against the rest. While it
// weighs less than the rest, every byte that is written again lies in a part more than twice as large afterwards, so that
// it is written again at most log2(segment / flush) times; and a huge part waits until its like has grown beside it.
//
// Where only k parts may stay, no plan can do much better: it writes each byte of n equal flushes about m times again,
// where binomial(m + k, k) reaches n (Bentley, Saxe 1980). With 8 parts and 5,000 flushes m is 7.

import type { Part, PartRole, Segment } from '../contract/segment.ts'
import type { MergePlan } from '../segment/joined.ts'

export type { MergePlan }

/** Roles that are counted and merged, each with the roles whose parts go with it: they share the numbers of texts. */
const led: readonly (readonly [PartRole, ...PartRole[]])[] = [
  ['events'],
  ['raw'],
  ['refusals'],
  ['ids'],
  ['graph'],
  ['texts', 'words', 'vectors'],
]

/** Inputs of one merge: files that are open at once, each with its share of memory. */
const inputsMax = 64

/**
 * @param runsMax  parts of a role that a segment may have
 * @param aside    keys of damaged parts: they stay where they are, and nothing merges across them
 * @returns the next merge of the segment and role with the most parts over the bound; undefined when none is over it
 */
export function planMerge(
  segments: Iterable<Segment>,
  runsMax: number,
  aside: ReadonlySet<string> = new Set(),
): MergePlan | undefined {
  let worst:
    | { segmentId: string; roles: readonly PartRole[]; parts: readonly Part[]; stretches: Part[][] }
    | undefined
  let worstCount = runsMax
  for (const { segment_id, parts } of segments) {
    for (const roles of led) {
      const isAside = (part: Part) => [part, ...besides(part, roles, parts)].some(({ key }) => aside.has(key))
      const alike = (left: Part, right: Part) => sideOf(left, roles, parts) === sideOf(right, roles, parts)
      const stretches = splitAt(partsOf(roles[0], parts), isAside, alike)
      const count = stretches.reduce((sum, stretch) => sum + stretch.length, 0)
      if (count <= worstCount) continue
      worstCount = count
      worst = { segmentId: segment_id, roles, parts, stretches }
    }
  }
  if (!worst) return undefined
  const { segmentId, roles, parts } = worst
  const merged = mostAlike(worst.stretches)
  return {
    segmentId,
    role: roles[0]!,
    parts: merged,
    beside: merged.map(part => besides(part, roles, parts)),
  }
}

/** Parts of the other roles that stand for the same docs. */
function besides(part: Part, [, ...roles]: readonly PartRole[], parts: readonly Part[]): Part[] {
  return parts.filter(
    ({ role, doc_first, doc_last }) =>
      roles.includes(role) && doc_first === part.doc_first && doc_last === part.doc_last,
  )
}

/** Only runs that have the same beside them merge: vectors of one model, or none yet. */
function sideOf(part: Part, roles: readonly PartRole[], parts: readonly Part[]): string {
  return besides(part, roles, parts)
    .map(({ role, space }) => `${role} ${space ?? ''}`)
    .sort()
    .join()
}

function partsOf(role: PartRole, parts: readonly Part[]): Part[] {
  return parts.filter(part => part.role === role)
}

/** Stretches of neighbours with no damaged part between them; a part that is left alone can't merge. */
function splitAt(
  parts: readonly Part[],
  isAside: (part: Part) => boolean,
  alike: (left: Part, right: Part) => boolean,
): Part[][] {
  const stretches: Part[][] = [[]]
  for (const part of parts) {
    const before = stretches.at(-1)!.at(-1)
    if (isAside(part)) stretches.push([])
    else if (before && !alike(before, part)) stretches.push([part])
    else stretches.at(-1)!.push(part)
  }
  return stretches.filter(stretch => stretch.length > 1)
}

/** @param stretches  at least one, each of two parts or more */
function mostAlike(stretches: readonly Part[][]): Part[] {
  let best: Part[] = []
  let bestShare = Number.POSITIVE_INFINITY
  for (const parts of stretches) {
    for (const [first, part] of parts.entries()) {
      let largest = part.bytes
      let sum = part.bytes
      for (let last = first + 1; last < Math.min(parts.length, first + inputsMax); last++) {
        sum += parts[last]!.bytes
        largest = Math.max(largest, parts[last]!.bytes)
        if (largest / sum >= bestShare) continue
        bestShare = largest / sum
        best = parts.slice(first, last + 1)
      }
    }
  }
  return best
}
