// Weakly connected components by union-find (Tarjan 1975): every edge unites the trees of its two ends. The root of a tree
// is its least node, so that what comes out depends on the graph alone; paths are halved as they are walked
// (van Leeuwen and van der Weide 1977).

import { setWord, word } from '../base/words'

/**
 * Unites along the edges of the nodes from `from` on, until about `edgesMax` edges and nodes are done.
 *
 * @param parents  u32[nodeCount], each node its own parent before the first call
 * @returns the first node that is not done
 */
export function unite(
  starts: usize,
  targets: usize,
  parents: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  const first = word(starts, from)
  let node = from
  let edge = first
  while (node < nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(starts, node + 1)
    let root = rootOf(parents, node)
    for (; edge < end; edge++) root = join(parents, root, rootOf(parents, word(targets, edge)))
    node++
  }
  return node
}

/** The same, along those edges alone whose two ends lie in one group. @param groups u32[nodeCount] */
export function uniteWithin(
  starts: usize,
  targets: usize,
  groups: usize,
  parents: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  const first = word(starts, from)
  let node = from
  let edge = first
  while (node < nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(starts, node + 1)
    const group = word(groups, node)
    let root = rootOf(parents, node)
    for (; edge < end; edge++) {
      const target = word(targets, edge)
      if (word(groups, target) == group) root = join(parents, root, rootOf(parents, target))
    }
    node++
  }
  return node
}

/**
 * Writes each node's root instead of its parent.
 *
 * @param from   every node before it is done
 * @param until  exclusive
 */
export function flatten(parents: usize, from: u32, until: u32): void {
  // a parent is never greater than its node, so that it is flat by now
  for (let node = from; node < until; node++) setWord(parents, node, word(parents, word(parents, node)))
}

/** @returns the root of both */
function join(parents: usize, left: u32, right: u32): u32 {
  if (left < right) {
    setWord(parents, right, left)
    return left
  }
  setWord(parents, left, right)
  return right
}

function rootOf(parents: usize, start: u32): u32 {
  let node = start
  let parent = word(parents, node)
  while (parent != node) {
    const above = word(parents, parent)
    setWord(parents, node, above)
    node = above
    parent = word(parents, node)
  }
  return node
}
