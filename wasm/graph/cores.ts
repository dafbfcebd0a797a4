// Core numbers by peeling (Batagelj and Zaversnik 2003): the node of least degree goes first, and its neighbours' degrees fall.
// Nodes stand in `order` by degree, `bins` says where each degree starts, so that a degree falls by one swap.

import { setWord, word } from '../base/words'

/**
 * Counts edges of either direction, loops left out, of the nodes from `from` on.
 *
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function countDegrees(
  starts: usize,
  targets: usize,
  backStarts: usize,
  backTargets: usize,
  degrees: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  let spent: u32 = 0
  let node = from
  for (; node < nodeCount && spent < edgesMax; node++) {
    let degree = rowDegree(starts, targets, node)
    if (backStarts != 0) degree += rowDegree(backStarts, backTargets, node)
    spent += degree + 1
    setWord(degrees, node, degree)
  }
  return node
}

/**
 * Puts all nodes in the order of their degrees, equal ones by number.
 *
 * @param bins       u32[greatest degree + 2], zeros before
 * @param order      u32[nodeCount], written
 * @param positions  u32[nodeCount], written: where each node stands in `order`
 */
export function sortByDegree(
  degrees: usize,
  bins: usize,
  binCount: u32,
  order: usize,
  positions: usize,
  nodeCount: u32,
): void {
  for (let node: u32 = 0; node < nodeCount; node++) {
    const above = word(degrees, node) + 1
    setWord(bins, above, word(bins, above) + 1)
  }
  for (let bin: u32 = 1; bin < binCount; bin++) setWord(bins, bin, word(bins, bin) + word(bins, bin - 1))
  for (let node: u32 = 0; node < nodeCount; node++) {
    const degree = word(degrees, node)
    const position = word(bins, degree)
    setWord(bins, degree, position + 1)
    setWord(order, position, node)
    setWord(positions, node, position)
  }
  // each bin's cursor now stands where the next bin starts
  for (let bin = binCount - 1; bin > 0; bin--) setWord(bins, bin, word(bins, bin - 1))
  setWord(bins, 0, 0)
}

/**
 * Peels nodes in their order from `from` on; `degrees` become core numbers.
 *
 * @returns the first place in the order that is not done, after about `edgesMax` edges and nodes
 */
export function peel(
  starts: usize,
  targets: usize,
  backStarts: usize,
  backTargets: usize,
  degrees: usize,
  bins: usize,
  order: usize,
  positions: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  let spent: u32 = 0
  let at = from
  for (; at < nodeCount && spent < edgesMax; at++) {
    const node = word(order, at)
    spent += 1 + word(starts, node + 1) - word(starts, node)
    lower(starts, targets, node, degrees, bins, order, positions)
    if (backStarts == 0) continue
    spent += word(backStarts, node + 1) - word(backStarts, node)
    lower(backStarts, backTargets, node, degrees, bins, order, positions)
  }
  return at
}

function rowDegree(starts: usize, targets: usize, node: u32): u32 {
  const end = word(starts, node + 1)
  let degree: u32 = 0
  for (let edge = word(starts, node); edge < end; edge++) {
    if (word(targets, edge) != node) degree++
  }
  return degree
}

/** Takes the edges of a node from those neighbours that have more left. */
function lower(
  starts: usize,
  targets: usize,
  node: u32,
  degrees: usize,
  bins: usize,
  order: usize,
  positions: usize,
): void {
  const core = word(degrees, node)
  const end = word(starts, node + 1)
  for (let edge = word(starts, node); edge < end; edge++) {
    const target = word(targets, edge)
    const degree = word(degrees, target)
    if (degree <= core) continue
    // the first of its bin takes its place, and the bin starts one later
    const position = word(positions, target)
    const firstPosition = word(bins, degree)
    const first = word(order, firstPosition)
    setWord(order, position, first)
    setWord(positions, first, position)
    setWord(order, firstPosition, target)
    setWord(positions, target, firstPosition)
    setWord(bins, degree, firstPosition + 1)
    setWord(degrees, target, degree - 1)
  }
}
