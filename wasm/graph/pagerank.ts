// PageRank (Page, Brin, Motwani, Winograd 1999), pulled: each node gathers the shares of those that point to it, so that
// every node is written once, in order, and only the shares are read at random. A share is a node's rank over its outgoing
// weight, computed as soon as the rank is known; hence a step over the graph is one pass.

import { real, setReal, word } from '../base/words'

/**
 * The next ranks of the nodes from `from` on, until about `edgesMax` edges and nodes are done.
 *
 * @param starts      u32[nodeCount + 1], where each node's incoming edges start
 * @param sources     u32[edgeCount], where they come from
 * @param weights     f64[edgeCount], or 0 for edges of weight 1
 * @param inverses    f64[nodeCount], 1 / outgoing weight; 0 where nothing goes out
 * @param teleport    f64[nodeCount], how likely a jump ends here; 0 for the same everywhere
 * @param ranks       f64[nodeCount], replaced
 * @param shares      f64[nodeCount], those of the step before
 * @param nextShares  f64[nodeCount], written
 * @param jump        rank that is spread by `teleport`, or what each node has of it
 * @param sums        f64[2]: how much ranks changed, and how much rank lies on nodes without a way out
 * @returns the first node that is not done
 */
export function pull(
  starts: usize,
  sources: usize,
  weights: usize,
  inverses: usize,
  teleport: usize,
  ranks: usize,
  shares: usize,
  nextShares: usize,
  damping: f64,
  jump: f64,
  sums: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  let changed = real(sums, 0)
  let stuck = real(sums, 1)
  const first = word(starts, from)
  let node = from
  let edge = first
  while (node < nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(starts, node + 1)
    const gathered =
      weights == 0 ? gather(sources, shares, edge, end) : gatherWeighted(sources, weights, shares, edge, end)
    const rank = damping * gathered + (teleport == 0 ? jump : jump * real(teleport, node))
    const inverse = real(inverses, node)
    changed += abs(rank - real(ranks, node))
    if (inverse == 0) stuck += rank
    setReal(ranks, node, rank)
    setReal(nextShares, node, rank * inverse)
    edge = end
    node++
  }
  setReal(sums, 0, changed)
  setReal(sums, 1, stuck)
  return node
}

/** Four sums side by side, so that one addition need not wait for the one before. */
function gather(sources: usize, shares: usize, from: u32, until: u32): f64 {
  let a: f64 = 0
  let b: f64 = 0
  let c: f64 = 0
  let d: f64 = 0
  let at = sources + ((<usize>from) << 2)
  const end = sources + ((<usize>until) << 2)
  while (at + 16 <= end) {
    a += real(shares, load<u32>(at))
    b += real(shares, load<u32>(at, 4))
    c += real(shares, load<u32>(at, 8))
    d += real(shares, load<u32>(at, 12))
    at += 16
  }
  while (at < end) {
    a += real(shares, load<u32>(at))
    at += 4
  }
  return a + b + (c + d)
}

function gatherWeighted(sources: usize, weights: usize, shares: usize, from: u32, until: u32): f64 {
  let a: f64 = 0
  let b: f64 = 0
  let edge = from
  for (; edge + 2 <= until; edge += 2) {
    a += real(weights, edge) * real(shares, word(sources, edge))
    b += real(weights, edge + 1) * real(shares, word(sources, edge + 1))
  }
  if (edge < until) a += real(weights, edge) * real(shares, word(sources, edge))
  return a + b
}
