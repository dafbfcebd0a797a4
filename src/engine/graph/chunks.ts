// How kernels are called: a chunk at a time, each of some milliseconds, with its progress told in between.

import type { Work } from '../work.ts'

/** Edges that a kernel looks at in one call, where each costs a few ns. */
export const edgesPerChunk = 1 << 20
/** The same where each costs some tens of ns. */
export const slowEdgesPerChunk = 1 << 17

/** @param run  does a chunk from a node on and returns the first node that is not done */
export function* overNodes(step: string, nodeCount: number, run: (from: number) => number): Work<void> {
  for (let from = 0; from < nodeCount; ) {
    from = run(from) >>> 0
    yield { step, share: from / nodeCount }
  }
}

const nodesPerChunk = 1 << 20

/** @param run  does the nodes `from` … `until` − 1 */
export function overRanges(
  step: string,
  nodeCount: number,
  run: (from: number, until: number) => void,
): Work<void> {
  return overNodes(step, nodeCount, from => {
    const until = Math.min(from + nodesPerChunk, nodeCount)
    run(from, until)
    return until
  })
}

/** The progress of a part as that of the whole: its 0..1 becomes `from`..`until`. */
export function* within<Result>(
  work: Work<Result>,
  { from, until }: { from: number; until: number },
): Work<Result> {
  let next = work.next()
  try {
    while (!next.done) {
      const { step, share } = next.value
      yield { step, share: from + share * (until - from) }
      next = work.next()
    }
    return next.value
  } finally {
    work.return(undefined as Result)
  }
}
