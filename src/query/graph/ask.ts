// Questions of the graph, at one moment: the runs of the window become sources, and what they say is told with the docs that
// say it. What a damaged part would have said is left out, and the answer says so.

import type * as contract from '../../contract/knowledge.ts'
import { docId } from '../../segment/slice.ts'
import { packNotes } from '../pack-notes.ts'
import { docScope, graphsOf } from '../runs.ts'
import { askOfWhole } from '../set-aside.ts'
import { asOf, type Moment, type QueryContext } from '../snapshot.ts'
import { readNode } from './node.ts'
import { shortestPath } from './path.ts'
import type { Evidence, GraphSource } from './source.ts'
import type { GraphEdge } from './tell-edges.ts'
import { collectWalk, walk } from './walk.ts'

export function askNode(
  { node, edgesMax, evidenceMax, ...scope }: contract.NodeRequest,
  context: QueryContext,
): Promise<contract.NodeAnswer> {
  return askSources(scope, context, async (sources, told) => {
    const found = await readNode({ ...node, edgesMax, evidenceMax }, sources)
    return {
      node: found && {
        ...found,
        degrees: found.degrees.map(({ type, direction, edges }) => ({ type, direction, count: edges })),
        attributes: Object.fromEntries(
          Object.entries(found.attributes).map(([name, { value, timeMs }]) => [name, { value, timeMs }]),
        ),
        edges: found.edges.map(told.edge),
        evidence: found.evidence.map(told.doc),
      },
    }
  })
}

export function askWalk(request: contract.WalkRequest, context: QueryContext): Promise<contract.WalkAnswer> {
  return askSources(request, context, async (sources, told) => {
    const { edges, ...found } = await collectWalk(walk(request, sources))
    return { ...found, edges: edges.map(told.edge) }
  })
}

export function askPath(
  { source: from, target: to, ...request }: contract.PathRequest,
  context: QueryContext,
): Promise<contract.PathAnswer> {
  return askSources(request, context, async (sources, told) => {
    const { outcome, edges, ...found } = await shortestPath({ ...request, from, to }, sources)
    return { ...found, outcome: outcomes[outcome], edges: edges.map(told.edge) }
  })
}

const outcomes = {
  found: 'found',
  none: 'none',
  unknown_from: 'unknown_source',
  unknown_to: 'unknown_target',
} as const

/** Each try is asked at a moment of its own. */
async function askSources<Found>(
  scope: contract.Scope,
  context: QueryContext,
  ask: (sources: readonly GraphSource[], told: ReturnType<typeof teller>) => Promise<Found>,
): Promise<Found & contract.GraphAnswer> {
  const { answer, partial } = await askOfWhole(async aside => {
    const { moment, graphs } = await graphsOf(scope, context, aside)
    const sources = graphs.map(
      ({ segmentId, docUntil, run }): GraphSource => ({ run, segmentId, scope: docScope(scope, docUntil) }),
    )
    return { ...(await ask(sources, teller(moment))), notes: packNotes(graphs), asOf: asOf(moment) }
  }, context.onCorrupt)
  return { ...answer, partial }
}

function teller({ writer }: Moment) {
  const doc = ({ segmentId, doc, timeMs }: Evidence): contract.Evidence => ({
    segmentId,
    docId: docId(writer, doc),
    timeMs,
  })
  return {
    doc,
    edge: (edge: GraphEdge): contract.KnownEdge => ({ ...edge, evidence: edge.evidence.map(doc) }),
  }
}
