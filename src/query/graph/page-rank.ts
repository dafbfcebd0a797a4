// Personalised PageRank: where a walk from the start ends that stops at each node with a fixed chance, stops where it can't
// go on, and else follows an edge with a chance as its count. By forward push (Andersen, Chung and Lang 2006), which reads
// only the part of the graph where scores are: what is not pushed yet waits at nodes as residue, less than `residueMax` for
// each edge of the node. A score is too low by no more than the share of the residue that would still reach it.

import { Neighbourhoods } from './neighbourhoods.ts'
import { MetNodes } from './nodes.ts'
import { tellRanked } from './ranked.ts'
import type { RankedSource } from './source.ts'
import { startOf, type WalkEnd, type WalkItem, type WalkQuestion } from './walk-items.ts'

const stopChance = 0.15
const residueMax = 1e-4

export async function* walkByRank(
  question: WalkQuestion,
  sources: readonly RankedSource[],
): AsyncGenerator<WalkItem, WalkEnd> {
  const nodes = new MetNodes()
  const around = new Neighbourhoods(sources, nodes, question)
  const { known, unknown } = await startOf(question, nodes, sources)
  const scores = await scoresFrom(
    known.map(({ node }) => node),
    around,
  )
  return yield* tellRanked(
    { ranked: scores, tell: score => ({ score }), question, unknown },
    { nodes, around, sources },
  )
}

/** @returns scores above 0; what they lack of 1 is residue. Nodes are pushed round by round, in the order in which they were reached */
async function scoresFrom(starts: readonly number[], around: Neighbourhoods): Promise<Map<number, number>> {
  const scores = new Map<number, number>()
  const residues = new Map<number, number>()
  for (const start of starts) residues.set(start, 1 / starts.length)
  let round = new Set(starts)
  while (round.size > 0) {
    await around.read([...round])
    const next = new Set<number>()
    for (const node of round) push(node, { scores, residues, next, around })
    round = next
  }
  return scores
}

interface Push {
  scores: Map<number, number>
  residues: Map<number, number>
  next: Set<number>
  around: Neighbourhoods
}

function push(node: number, { scores, residues, next, around }: Push): void {
  const edges = around.of(node)?.edges
  const residue = residues.get(node)!
  if (edges === undefined || residue <= residueMax * edges.length) return
  residues.set(node, 0)
  const stopping = edges.length === 0 ? residue : stopChance * residue
  scores.set(node, (scores.get(node) ?? 0) + stopping)
  const total = edges.reduce((sum, { count }) => sum + count, 0)
  for (const { neighbour, count } of edges) {
    const grown = (residues.get(neighbour) ?? 0) + ((residue - stopping) * count) / total
    residues.set(neighbour, grown)
    if (grown > residueMax * (around.of(neighbour)?.edges.length ?? 1)) next.add(neighbour)
  }
}
