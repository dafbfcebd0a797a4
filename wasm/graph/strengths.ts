// How much weight leaves each node: its degree where edges have no weights.

import { real, setReal, word } from '../base/words'

/**
 * @param weights    f64[edgeCount], or 0 for edges of weight 1
 * @param strengths  f64[nodeCount], written from `from` on
 * @param loopShare  how often an edge from a node to itself counts: 2 where edges have no direction and stand in the row once
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function weigh(
  starts: usize,
  targets: usize,
  weights: usize,
  strengths: usize,
  loopShare: f64,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  const first = word(starts, from)
  let node = from
  let edge = first
  while (node < nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(starts, node + 1)
    const strength =
      weights == 0
        ? degree(targets, node, edge, end, loopShare)
        : sum(targets, weights, node, edge, end, loopShare)
    setReal(strengths, node, strength)
    edge = end
    node++
  }
  return node
}

function degree(targets: usize, node: u32, from: u32, until: u32, loopShare: f64): f64 {
  if (loopShare == 1) return <f64>(until - from)
  let loops: u32 = 0
  for (let edge = from; edge < until; edge++) loops += word(targets, edge) == node ? 1 : 0
  return <f64>(until - from) + (loopShare - 1) * <f64>loops
}

function sum(targets: usize, weights: usize, node: u32, from: u32, until: u32, loopShare: f64): f64 {
  let strength: f64 = 0
  for (let edge = from; edge < until; edge++) {
    const weight = real(weights, edge)
    strength += word(targets, edge) == node ? weight * loopShare : weight
  }
  return strength
}
