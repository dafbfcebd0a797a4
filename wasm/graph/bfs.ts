// Breadth first: the queue holds each node once, in the order of its hops; a node's parent is the first that found it.

import { setWord, word } from '../base/words'

const UNREACHED: u32 = 0xffffffff

/**
 * Expands queued nodes from `head` on, until the queue is empty or about `edgesMax` edges and nodes are done.
 *
 * @param starts, targets          the edges to follow
 * @param backStarts, backTargets  more edges to follow, such as the reverse; 0 for none
 * @param hops     u32[nodeCount], all ones where a node is not reached
 * @param parents  u32[nodeCount]
 * @param queue    u32[nodeCount]; a source lies in it with 0 hops
 * @param tail     u32[1], how many are queued
 * @param hopsMax  nodes so far away are reached, but not expanded
 * @returns the first queued node that is not expanded
 */
export function expand(
  starts: usize,
  targets: usize,
  backStarts: usize,
  backTargets: usize,
  hops: usize,
  parents: usize,
  queue: usize,
  tail: usize,
  head: u32,
  hopsMax: u32,
  edgesMax: u32,
): u32 {
  let end = word(tail, 0)
  let at = head
  let spent: u32 = 0
  while (at < end && spent < edgesMax) {
    const node = word(queue, at++)
    const hop = word(hops, node)
    spent++
    if (hop >= hopsMax) continue
    spent += word(starts, node + 1) - word(starts, node)
    end = reach(starts, targets, node, hop + 1, hops, parents, queue, end)
    if (backStarts == 0) continue
    spent += word(backStarts, node + 1) - word(backStarts, node)
    end = reach(backStarts, backTargets, node, hop + 1, hops, parents, queue, end)
  }
  setWord(tail, 0, end)
  return at
}

/** @returns the queue's new end */
function reach(
  starts: usize,
  targets: usize,
  node: u32,
  hop: u32,
  hops: usize,
  parents: usize,
  queue: usize,
  end: u32,
): u32 {
  let tail = end
  const last = word(starts, node + 1)
  for (let edge = word(starts, node); edge < last; edge++) {
    const target = word(targets, edge)
    if (word(hops, target) != UNREACHED) continue
    setWord(hops, target, hop)
    setWord(parents, target, node)
    setWord(queue, tail++, target)
  }
  return tail
}
