// Communities by what most neighbours say: cheap, and rough.

import { demand, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { overNodes, slowEdgesPerChunk, within } from './chunks.ts'
import type { HeldGraph } from './held.ts'

export interface LabelsOptions {
  /**
   * `synchronous`, the default, is Graphalytics' CDLP: all nodes look at the labels of the round before, and of several
   * that are as frequent take the least. It may swing for ever. `in turn` lets each node see what those before it took, and
   * keep its own label where none is more frequent: it settles.
   */
  update?: 'synchronous' | 'in turn'
  /** rounds to do at most; default 10 */
  roundsMax?: number
}

export interface Labels {
  /** u32[nodeCount], each the number of a node */
  labels: Uint32Array
  roundCount: number
  /** false when the last round still changed a label */
  converged: boolean
}

/**
 * Label propagation (Raghavan, Albert, Kumara 2007; CDLP of Iosup et al. 2016). Each node starts with its own number. A
 * neighbour along two edges, such as one each way, counts twice; weights don't count. Nothing is drawn at random.
 *
 * @throws BadInput when an option is out of its range
 */
export function* labelPropagation(graph: HeldGraph, options: LabelsOptions = {}): Work<Labels> {
  const { update = 'synchronous', roundsMax = 10 } = options
  demandWhole('roundsMax', roundsMax, { min: 0, max: 1_000_000 })
  demand(
    update === 'synchronous' || update === 'in turn',
    `update is ${update}: expected synchronous or in turn`,
  )
  const isInTurn = update === 'in turn'
  const { kernels, nodeCount, outgoing, incoming, isDirected } = graph
  const { arena, call } = kernels
  const scratch = graph.scratch()
  try {
    let labels = scratch.words('labels', nodeCount)
    let next = isInTurn ? labels : scratch.words('next labels', nodeCount)
    const counts = scratch.words('label counts', nodeCount)
    const changes = scratch.words('changes', 1)
    arena.u32(labels).forEach((_, node, all) => {
      all[node] = node
    })
    arena.u32(counts).fill(0)
    let roundCount = 0
    let converged = false
    while (roundCount < roundsMax && !converged) {
      arena.u32(changes)[0] = 0
      const round = overNodes('spread labels', nodeCount, from =>
        call.graphLabelsPropagate(
          outgoing.starts,
          outgoing.targets,
          isDirected ? incoming.starts : 0,
          isDirected ? incoming.targets : 0,
          labels.at,
          next.at,
          counts.at,
          isInTurn ? 1 : 0,
          changes.at,
          nodeCount,
          from,
          slowEdgesPerChunk,
        ),
      )
      yield* within(round, { from: roundCount / roundsMax, until: (roundCount + 1) / roundsMax })
      ;[labels, next] = [next, labels]
      converged = arena.u32(changes)[0] === 0
      roundCount++
    }
    return { labels: arena.u32(labels).slice(), roundCount, converged }
  } finally {
    scratch.end()
  }
}
