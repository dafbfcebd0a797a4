// What all sources say of edges that are told.

import { ExactSum } from '../../segment/graph/exact-sum.ts'
import type { NodeRef } from '../../segment/graph/name.ts'
import type { JoinedEdge } from './joined-edges.ts'
import type { MetNodes } from './nodes.ts'
import { type Evidence, FactsSum, type RankedSource } from './source.ts'

export interface GraphEdge {
  from: NodeRef
  to: NodeRef
  type: string
  /** events that it occurs in */
  count: number
  weight: number
  firstMs: number
  lastMs: number
  evidence: Evidence[]
}

/** Each source is asked once for all of its edges. */
export async function tellEdges(
  edges: readonly JoinedEdge[],
  nodes: MetNodes,
  evidenceMax: number,
): Promise<GraphEdge[]> {
  const sums = edges.map(() => ({ facts: new FactsSum(), weight: new ExactSum() }))
  const questions = new Map<RankedSource, { places: number[]; edges: number[] }>()
  for (const [place, { sources }] of edges.entries()) {
    for (const { source, edge } of sources) {
      const question = questions.get(source) ?? { places: [], edges: [] }
      question.places.push(place)
      question.edges.push(edge)
      questions.set(source, question)
    }
  }
  const asked = [...questions].map(async ([source, { places, edges }]) => {
    const { weightAt, weights, ...facts } = await source.run.edgeFacts(
      Uint32Array.from(edges),
      source.scope,
      evidenceMax,
    )
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!
      sums[place]!.facts.add(facts, i, source)
      sums[place]!.weight.addParts(weights, weightAt[i]!, weightAt[i + 1]!)
    }
  })
  await Promise.all(asked)
  return edges.map(({ from, to, type }, i) => {
    const { facts, weight } = sums[i]!
    return {
      from: nodes.ref(from),
      to: nodes.ref(to),
      type,
      count: facts.count,
      weight: weight.value(),
      firstMs: facts.firstMs!,
      lastMs: facts.lastMs!,
      evidence: facts.evidence(evidenceMax),
    }
  })
}
