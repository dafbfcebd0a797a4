// The next level: each group of nodes becomes one node, and the edges between two groups one edge of their whole weight.
// What lies within a group is dropped, since moving and refining only ask for a node's strength, which keeps it.

import { real, setReal, setWord, word } from '../base/words'
import { communityShift, gather, Level, link, setLink, stateOf } from './level'

/**
 * Sorts nodes by their group, equal ones by number.
 *
 * @param groups       u32[nodeCount], each below groupCount
 * @param groupStarts  u32[groupCount + 1], written
 * @param members      u32[nodeCount], written
 */
export function sortMembers(
  groups: usize,
  groupStarts: usize,
  members: usize,
  nodeCount: u32,
  groupCount: u32,
): void {
  memory.fill(groupStarts, 0, (<usize>groupCount + 1) << 2)
  for (let node: u32 = 0; node < nodeCount; node++) {
    const group = word(groups, node)
    setWord(groupStarts, group, word(groupStarts, group) + 1)
  }
  let sum: u32 = 0
  for (let group: u32 = 0; group <= groupCount; group++) {
    sum += word(groupStarts, group)
    setWord(groupStarts, group, sum)
  }
  // from behind, each group's end walks down to its start
  for (let node = nodeCount; node > 0; node--) {
    const group = word(groups, node - 1)
    const at = word(groupStarts, group) - 1
    setWord(groupStarts, group, at)
    setWord(members, at, node - 1)
  }
}

/**
 * Writes the next level's nodes from `from` on: their rows, strengths and communities.
 *
 * @param groups       u32[nodeCount], the next level's node of each node
 * @param starts       u32[groupCount + 1], written
 * @param targets      u32[edgeCount], written
 * @param weights      f64[edgeCount], written
 * @param strengths    f64[groupCount], written
 * @param communities  u32[groupCount], written: those of the members
 * @returns the first group that is not done, after about `edgesMax` edges and nodes
 */
export function aggregate(
  pointer: usize,
  groups: usize,
  groupStarts: usize,
  members: usize,
  starts: usize,
  targets: usize,
  weights: usize,
  strengths: usize,
  communities: usize,
  groupCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  const level = changetype<Level>(pointer)
  const rowStarts = level.starts
  const rowTargets = level.targets
  const rowWeights = level.weights
  const states = level.states
  const touched = level.touched
  if (from == 0) setWord(starts, 0, 0)
  let end = word(starts, from)
  let spent: u32 = 0
  let group = from
  for (; group < groupCount && spent < edgesMax; group++) {
    const last = word(groupStarts, group + 1)
    const first = word(groupStarts, group)
    let strength: f64 = 0
    let count: u32 = 0
    for (let i = first; i < last; i++) {
      const node = word(members, i)
      strength += real(level.strengths, node)
      spent += 1 + word(rowStarts, node + 1) - word(rowStarts, node)
      count = gather(rowStarts, rowTargets, rowWeights, node, groups, states, communityShift, touched, count)
    }
    for (let i: u32 = 0; i < count; i++) {
      const other = word(touched, i)
      const state = stateOf(level, other)
      const weight = link(state)
      setLink(state, 0)
      if (other == group) continue
      setWord(targets, end, other)
      setReal(weights, end, weight)
      end++
    }
    setWord(starts, group + 1, end)
    setReal(strengths, group, strength)
    setWord(communities, group, word(level.communities, word(members, first)))
  }
  return group
}
