// Graphs that a seed makes again: one with the skew of the web, one with communities that are known.

import { seededRandom } from './random.ts'

export interface Edges {
  nodeCount: number
  sources: Uint32Array
  targets: Uint32Array
}

/**
 * R-MAT (Chakrabarti, Zhan, Faloutsos 2004) with Graph500's quarters of .57, .19, .19 and .05: few nodes have most edges.
 * Nodes are numbered anew at random, so that a number says nothing of a degree. Edges may repeat.
 *
 * @param scale  there are 2^scale nodes
 */
export function rmat({ scale, edgeCount, seed }: { scale: number; edgeCount: number; seed: number }): Edges {
  const random = seededRandom(seed)
  const nodeCount = 2 ** scale
  const names = shuffled(nodeCount, random)
  const sources = new Uint32Array(edgeCount)
  const targets = new Uint32Array(edgeCount)
  for (let i = 0; i < edgeCount; i++) {
    let source = 0
    let target = 0
    for (let bit = 0; bit < scale; bit++) {
      const quarter = random()
      const isLower = quarter >= 0.76
      const isRight = isLower ? quarter >= 0.95 : quarter >= 0.57
      source = source * 2 + (isLower ? 1 : 0)
      target = target * 2 + (isRight ? 1 : 0)
    }
    sources[i] = names[source]!
    targets[i] = names[target]!
  }
  return { nodeCount, sources, targets }
}

export interface CommunityGraph extends Edges {
  /** u32[nodeCount], the community that each node was made in */
  communities: Uint32Array
}

/**
 * After LFR (Lancichinetti, Fortunato, Radicchi 2008): degrees and community sizes by power laws, and of each node's edges
 * a share of `mixing` drawn from all nodes, the others from its community. Edges are pairs of stubs, so that some repeat.
 */
export function communityGraph({
  nodeCount,
  mixing,
  seed,
}: {
  nodeCount: number
  mixing: number
  seed: number
}): CommunityGraph {
  const random = seededRandom(seed)
  const communities = new Uint32Array(nodeCount)
  const order = shuffled(nodeCount, random)
  const sources: number[] = []
  const targets: number[] = []
  const strangers: number[] = []
  for (let first = 0, community = 0; first < nodeCount; community++) {
    const size = Math.min(powerLaw(random, { exponent: 1.5, min: 20, max: 1000 }), nodeCount - first)
    const stubs: number[] = []
    for (const node of order.subarray(first, first + size)) {
      communities[node] = community
      const degree = powerLaw(random, { exponent: 2.5, min: 8, max: 300 })
      const inside = Math.min(Math.round(degree * (1 - mixing)), size - 1)
      for (let i = 0; i < inside; i++) stubs.push(node)
      for (let i = inside; i < degree; i++) strangers.push(node)
    }
    pairUp(stubs, random, { sources, targets })
    first += size
  }
  pairUp(strangers, random, { sources, targets })
  return { nodeCount, sources: Uint32Array.from(sources), targets: Uint32Array.from(targets), communities }
}

/** A whole number of `min`..`max`, likely as its power of −`exponent`. */
function powerLaw(
  random: () => number,
  { exponent, min, max }: { exponent: number; min: number; max: number },
): number {
  const power = 1 - exponent
  const low = min ** power
  const high = (max + 1) ** power
  return Math.floor((low + random() * (high - low)) ** (1 / power))
}

function pairUp(
  stubs: number[],
  random: () => number,
  edges: { sources: number[]; targets: number[] },
): void {
  const order = shuffled(stubs.length, random)
  for (let i = 0; i + 1 < order.length; i += 2) {
    edges.sources.push(stubs[order[i]!]!)
    edges.targets.push(stubs[order[i + 1]!]!)
  }
}

/** 0 … count − 1 in a random order. */
function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1))
    ;[order[i], order[other]] = [order[other]!, order[i]!]
  }
  return order
}
