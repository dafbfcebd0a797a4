// One level of a hierarchy of communities: a graph without direction whose nodes are groups of the level before, the
// community of each, and what the kernels that move, refine and aggregate need beside them. The face lays it out word by
// word (src/engine/graph/level.ts). All arrays but the graph's own have room for the first level's nodes and serve every
// level.
//
// What a loop asks of a community, or of a part of one, lies together, since it is read at random:
//
//   community  { f64 total, f64 link }                        strength of its members, weight from the node at hand
//   part       { f64 total, f64 link, f64 cut, f64 gain }     and weight to the rest of its community, what joining gains
//
// Links are 0 between two nodes' turns.

import { real, setWord, word } from '../base/words'

export const communityShift: u32 = 4
export const partShift: u32 = 5

@unmanaged
export class Level {
  nodeCount: u32
  starts: usize // u32[nodeCount + 1]
  targets: usize // u32[edgeCount]
  weights: usize // f64[edgeCount], or 0 for edges of weight 1
  strengths: usize // f64[nodeCount], the weights of a node's edges, loops counted twice
  communities: usize // u32[nodeCount], each below nodeCount
  states: usize // a community's by its id
  sizes: usize // u32[nodeCount], members by community
  touched: usize // u32[nodeCount + 1], communities or parts that the node at hand has links to
  order: usize // u32[nodeCount], in which nodes are first visited
  queue: usize // u32[nodeCount + 1], a ring
  isQueued: usize // u8[nodeCount]
  spare: usize // u32[nodeCount], a stack of communities without members
  parts: usize // u32[nodeCount], a part is named after the node that it grew from
  partStates: usize // a part's by its name
  partSizes: usize // u32[nodeCount], members by part
  innerStarts: usize // u32[nodeCount + 1], rows of the edges within communities
  innerTargets: usize // u32[edgeCount]
  innerWeights: usize // f64[edgeCount]
  random: usize // a generator
  queueHead: u32
  queueCount: u32
  spareCount: u32
  moveCount: u32
}

export function stateOf(level: Level, community: u32): usize {
  return level.states + ((<usize>community) << communityShift)
}

export function partOf(level: Level, part: u32): usize {
  return level.partStates + ((<usize>part) << partShift)
}

export function total(state: usize): f64 {
  return load<f64>(state)
}

export function setTotal(state: usize, value: f64): void {
  store<f64>(state, value)
}

export function link(state: usize): f64 {
  return load<f64>(state, 8)
}

export function setLink(state: usize, value: f64): void {
  store<f64>(state, value, 8)
}

/**
 * Adds the weight of a node's edges to the link of each neighbour's group, its own loops left out.
 *
 * @param groups        u32[nodeCount]
 * @param states        the groups' states, 1 << `shift` bytes each
 * @param touchedCount  how many groups have a link already
 * @returns how many have one now
 */
export function gather(
  starts: usize,
  targets: usize,
  weights: usize,
  node: u32,
  groups: usize,
  states: usize,
  shift: u32,
  touched: usize,
  touchedCount: u32,
): u32 {
  const end = word(starts, node + 1)
  let count = touchedCount
  let edge = word(starts, node)
  if (weights == 0) {
    for (; edge < end; edge++) {
      const target = word(targets, edge)
      if (target == node) continue
      const group = word(groups, target)
      const state = states + ((<usize>group) << shift)
      const before = link(state)
      // written in any case and kept only where it is new, so that there is no branch to guess
      setWord(touched, count, group)
      count += before == 0 ? 1 : 0
      setLink(state, before + 1)
    }
    return count
  }
  for (; edge < end; edge++) {
    const target = word(targets, edge)
    const weight = real(weights, edge)
    if (target == node || weight == 0) continue
    const group = word(groups, target)
    const state = states + ((<usize>group) << shift)
    const before = link(state)
    setWord(touched, count, group)
    count += before == 0 ? 1 : 0
    setLink(state, before + weight)
  }
  return count
}
