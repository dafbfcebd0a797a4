// Modularity (Newman 2006; of directed graphs, Leicht and Newman 2008): how much more weight lies within communities than
// if edges were drawn at random between nodes of the same strengths.

import { addReal, real, setReal, word } from '../base/words'

/**
 * Adds up the nodes from `from` on.
 *
 * @param loopShare    how often an edge from a node to itself counts
 * @param strengths    f64[nodeCount], outgoing; `totals` f64[communityCount] is their sum by community
 * @param backStrengths, backTotals  the same, incoming; 0 for a graph without direction
 * @param inside       f64[1], the weight within communities
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function weighInside(
  starts: usize,
  targets: usize,
  weights: usize,
  loopShare: f64,
  communities: usize,
  strengths: usize,
  totals: usize,
  backStrengths: usize,
  backTotals: usize,
  inside: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  const first = word(starts, from)
  let within = real(inside, 0)
  let node = from
  let edge = first
  while (node < nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(starts, node + 1)
    const own = word(communities, node)
    within +=
      weights == 0
        ? countWithin(targets, communities, node, own, edge, end, loopShare)
        : sumWithin(targets, weights, communities, node, own, edge, end, loopShare)
    edge = end
    addReal(totals, own, real(strengths, node))
    if (backTotals != 0) addReal(backTotals, own, real(backStrengths, node))
    node++
  }
  setReal(inside, 0, within)
  return node
}

/** Without a branch to guess, since where an edge ends is anyone's guess. */
function countWithin(
  targets: usize,
  communities: usize,
  node: u32,
  own: u32,
  from: u32,
  until: u32,
  loopShare: f64,
): f64 {
  let count: u32 = 0
  let loops: u32 = 0
  for (let edge = from; edge < until; edge++) {
    const target = word(targets, edge)
    count += word(communities, target) == own ? 1 : 0
    loops += target == node ? 1 : 0
  }
  return <f64>count + (loopShare - 1) * <f64>loops
}

function sumWithin(
  targets: usize,
  weights: usize,
  communities: usize,
  node: u32,
  own: u32,
  from: u32,
  until: u32,
  loopShare: f64,
): f64 {
  let within: f64 = 0
  for (let edge = from; edge < until; edge++) {
    const target = word(targets, edge)
    const weight = real(weights, edge)
    const counted = target == node ? weight * loopShare : weight
    within += select(counted, <f64>0, word(communities, target) == own)
  }
  return within
}
