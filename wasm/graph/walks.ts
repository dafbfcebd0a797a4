// Random walks. A walk has a generator of its own, so that it is the same in whichever chunk it is made. With return and
// in-out parameters (node2vec, Grover and Leskovec 2016) steps are drawn as without and then kept or drawn again
// (rejection, as in KnightKing, Yang et al. 2019), which needs no table of edge pairs.

import { below, seed, unit } from '../base/random'
import { real, setReal, setWord, word } from '../base/words'

const NOWHERE: u32 = 0xffffffff

/**
 * Sums weights up along each row, from the nodes from `from` on.
 *
 * @param sums  f64[edgeCount], written
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function sumRows(
  starts: usize,
  weights: usize,
  sums: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  const first = word(starts, from)
  let node = from
  let edge = first
  while (node < nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(starts, node + 1)
    let sum: f64 = 0
    for (; edge < end; edge++) {
      sum += real(weights, edge)
      setReal(sums, edge, sum)
    }
    node++
  }
  return node
}

/**
 * Makes the walks `from` … `until` − 1.
 *
 * @param sums     f64[edgeCount] of `sumRows`, or 0 for edges that are all as likely
 * @param random   16 bytes for the generator
 * @param walks    u32[walkCount × (steps + 1)]: a walk starts where its first word says; all ones where it has ended
 * @param restart  how likely a step leads back to the start, 0..1
 * @param back     1 / p: how likely a step back is kept
 * @param away     1 / q: how likely a step to a node that is no neighbour of the one before is kept
 */
export function walk(
  starts: usize,
  targets: usize,
  sums: usize,
  random: usize,
  seeded: u32,
  walks: usize,
  steps: u32,
  restart: f64,
  back: f64,
  away: f64,
  from: u32,
  until: u32,
): void {
  const isBiased = back != 1 || away != 1
  const most = max(1, max(back, away))
  for (let i = from; i < until; i++) {
    seed(random, seeded, i)
    const path = walks + <usize>i * (<usize>steps + 1) * 4
    const start = word(path, 0)
    let before = NOWHERE
    let node = start
    for (let step: u32 = 1; step <= steps; step++) {
      let following: u32
      if (restart > 0 && unit(random) < restart) {
        following = start
        before = NOWHERE
      } else {
        following = draw(starts, targets, sums, random, node)
        // a walk that can go back to its start does so where it can't go on
        if (following == NOWHERE && restart > 0) following = start
        else if (isBiased && before != NOWHERE && following != NOWHERE) {
          while (unit(random) * most >= bias(starts, targets, before, following, back, away)) {
            following = draw(starts, targets, sums, random, node)
          }
        }
        before = node
      }
      setWord(path, step, following)
      if (following == NOWHERE) {
        for (let rest = step + 1; rest <= steps; rest++) setWord(path, rest, NOWHERE)
        break
      }
      node = following
    }
  }
}

/** A neighbour by its edge's weight. */
function draw(starts: usize, targets: usize, sums: usize, random: usize, node: u32): u32 {
  const first = word(starts, node)
  const end = word(starts, node + 1)
  if (first == end) return NOWHERE
  if (sums == 0) return word(targets, first + below(random, end - first))
  const total = real(sums, end - 1)
  if (total == 0) return NOWHERE
  const wanted = unit(random) * total
  let low = first
  let high = end - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (real(sums, middle) > wanted) high = middle
    else low = middle + 1
  }
  return word(targets, low)
}

function bias(starts: usize, targets: usize, before: u32, following: u32, back: f64, away: f64): f64 {
  if (following == before) return back
  return isNeighbour(starts, targets, before, following) ? 1 : away
}

function isNeighbour(starts: usize, targets: usize, node: u32, wanted: u32): bool {
  let low = word(starts, node)
  let high = word(starts, node + 1)
  while (low < high) {
    const middle = low + ((high - low) >>> 1)
    if (word(targets, middle) < wanted) low = middle + 1
    else high = middle
  }
  return low < word(starts, node + 1) && word(targets, low) == wanted
}
