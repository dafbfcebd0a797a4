// Walks at random: each step follows an edge with a chance as its count, or goes back to where the walk began. Nodes are
// told by how often walks came by. All walks go step by step side by side, so that what they need is read together.

import { seededRandom } from '../../base/random.ts'
import { Neighbourhoods } from './neighbourhoods.ts'
import { MetNodes } from './nodes.ts'
import { tellRanked } from './ranked.ts'
import type { RankedSource } from './source.ts'
import { startOf, type WalkEnd, type WalkItem, type WalkQuestion } from './walk-items.ts'

/** Walks, one after the other from each start. */
const walkCount = 1000
/** The chance of each step to be one back to the start. */
const restartChance = 0.15

export async function* walkAtRandom(
  question: WalkQuestion,
  sources: readonly RankedSource[],
): AsyncGenerator<WalkItem, WalkEnd> {
  const nodes = new MetNodes()
  const around = new Neighbourhoods(sources, nodes, question)
  const { known, unknown } = await startOf(question, nodes, sources)
  const visits = new Map<number, number>()
  if (known.length > 0) {
    const starts = Array.from({ length: walkCount }, (_, walk) => known[walk % known.length]!.node)
    await stepByStep(starts, { question, around, visits })
  }
  return yield* tellRanked(
    { ranked: visits, tell: visits => ({ visits }), question, unknown },
    { nodes, around, sources },
  )
}

interface Walks {
  question: WalkQuestion
  around: Neighbourhoods
  /** counted up; the start counts as a visit */
  visits: Map<number, number>
}

async function stepByStep(starts: readonly number[], { question, around, visits }: Walks): Promise<void> {
  const random = seededRandom(question.seed)
  const places = [...starts]
  for (const place of places) visit(visits, place)
  for (let step = 0; step < question.hops; step++) {
    await around.read([...new Set(places)])
    for (const [walk, place] of places.entries()) {
      const goesBack = random() < restartChance
      const next = goesBack ? undefined : draw(around.of(place)?.edges ?? [], random())
      // a walk that can't go on goes back too
      places[walk] = next?.neighbour ?? starts[walk]!
      visit(visits, places[walk]!)
    }
  }
}

function visit(visits: Map<number, number>, node: number): void {
  visits.set(node, (visits.get(node) ?? 0) + 1)
}

/** @param lot  0 ≤ lot < 1. @returns the edge that it falls on; each has a share as its count */
function draw<E extends { count: number }>(edges: readonly E[], lot: number): E | undefined {
  let left = lot * edges.reduce((sum, { count }) => sum + count, 0)
  for (const edge of edges) {
    left -= edge.count
    if (left < 0) return edge
  }
  return edges.at(-1)
}
