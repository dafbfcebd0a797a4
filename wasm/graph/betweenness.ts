// Betweenness from one source (Brandes 2001), by hops: forward the shortest paths are counted, backward each node hands its
// dependency to those before it. The source's share is added to `scores`.

import { addReal, real, setReal, setWord, word } from '../base/words'

const UNREACHED: u32 = 0xffffffff

/**
 * Counts shortest paths, breadth first, until the queue is empty or about `edgesMax` edges and nodes are done.
 *
 * @param hops   u32[nodeCount], all ones but for the source with 0
 * @param paths  f64[nodeCount], zeros but for the source with 1: how many shortest paths lead here
 * @param queue  u32[nodeCount], the source its first
 * @param tail   u32[1], how many are queued
 * @returns the first queued node that is not expanded
 */
export function forward(
  starts: usize,
  targets: usize,
  hops: usize,
  paths: usize,
  queue: usize,
  tail: usize,
  head: u32,
  edgesMax: u32,
): u32 {
  let end = word(tail, 0)
  let at = head
  let spent: u32 = 0
  while (at < end && spent < edgesMax) {
    const node = word(queue, at++)
    const hop = word(hops, node) + 1
    const ways = real(paths, node)
    const last = word(starts, node + 1)
    let edge = word(starts, node)
    spent += 1 + last - edge
    for (; edge < last; edge++) {
      const target = word(targets, edge)
      if (word(hops, target) == UNREACHED) {
        setWord(hops, target, hop)
        setWord(queue, end++, target)
      }
      if (word(hops, target) == hop) addReal(paths, target, ways)
    }
  }
  setWord(tail, 0, end)
  return at
}

/**
 * Gathers dependencies from the end of the queue down, until its start or about `edgesMax` edges and nodes are done.
 *
 * @param dependencies  f64[nodeCount], written for each node of the queue before it is read
 * @param until         nodes of the queue from here on are done
 * @returns the last place in the queue that is done
 */
export function backward(
  starts: usize,
  targets: usize,
  hops: usize,
  paths: usize,
  queue: usize,
  dependencies: usize,
  scores: usize,
  until: u32,
  edgesMax: u32,
): u32 {
  let at = until
  let spent: u32 = 0
  while (at > 0 && spent < edgesMax) {
    const node = word(queue, --at)
    const hop = word(hops, node) + 1
    const last = word(starts, node + 1)
    let edge = word(starts, node)
    spent += 1 + last - edge
    let sum: f64 = 0
    for (; edge < last; edge++) {
      const target = word(targets, edge)
      if (word(hops, target) == hop) sum += (1 + real(dependencies, target)) / real(paths, target)
    }
    const dependency = sum * real(paths, node)
    setReal(dependencies, node, dependency)
    // what ends at the source is no path through it
    if (at > 0) addReal(scores, node, dependency)
  }
  return at
}
