// Local moving: each node goes to the neighbouring community, or to one of its own, where modularity gains most (Blondel,
// Guillaume, Lambiotte, Lefebvre 2008). After the first round only nodes whose neighbourhood changed are looked at again,
// from a queue (the fast local move of Traag, Waltman, van Eck 2019).

import { below } from '../base/random'
import { rankOf, real, setWord, word } from '../base/words'
import { communityShift, gather, Level, link, setLink, setTotal, stateOf, total } from './level'

/** A move has to gain this share of the node's strength: less may be an error of rounding, and never end. */
const GAIN_SHARE_MIN: f64 = 1e-12

/** 0, 1, 2 … in a random order (Durstenfeld 1964). */
export function shuffle(order: usize, count: u32, random: usize): void {
  for (let i: u32 = 0; i < count; i++) setWord(order, i, i)
  for (let i = count; i > 1; i--) {
    const other = below(random, i)
    const kept = word(order, i - 1)
    setWord(order, i - 1, word(order, other))
    setWord(order, other, kept)
  }
}

/**
 * 0, 1, 2 … in runs that follow each other in a random order: rows that lie together are read together. There are a thousand
 * runs, of up to 64, so that in a small graph each is one node.
 */
export function shuffleRuns(order: usize, count: u32, random: usize): void {
  const size = min(max(count >> 10, 1), 64)
  const runs = (count + size - 1) / size
  shuffle(order, runs, random)
  // spread from behind, so that no run is written over before it is read
  let at = count
  for (let i = runs; i > 0; i--) {
    const first = word(order, i - 1) * size
    const end = min(first + size, count)
    for (let node = end; node > first; node--) setWord(order, --at, node - 1)
  }
}

/** Queues all nodes in `order`, and sums up the communities as they are. */
export function start(pointer: usize): void {
  const level = changetype<Level>(pointer)
  const count = level.nodeCount
  memory.fill(level.states, 0, (<usize>count) << communityShift)
  memory.fill(level.sizes, 0, (<usize>count) << 2)
  memory.fill(level.isQueued, 1, count)
  memory.copy(level.queue, level.order, (<usize>count) << 2)
  level.queueHead = 0
  level.queueCount = count
  level.moveCount = 0
  level.spareCount = 0
  for (let node: u32 = 0; node < count; node++) {
    const community = word(level.communities, node)
    const state = stateOf(level, community)
    setTotal(state, total(state) + real(level.strengths, node))
    setWord(level.sizes, community, word(level.sizes, community) + 1)
  }
  for (let community = count; community > 0; community--) {
    if (word(level.sizes, community - 1) == 0) setWord(level.spare, level.spareCount++, community - 1)
  }
}

/**
 * Visits queued nodes until none are left, or about `edgesMax` edges and nodes are done.
 *
 * @param pull  resolution / all strength: how much a community's strength keeps a node of strength 1 away
 * @returns how many nodes are queued
 */
export function moveNodes(pointer: usize, pull: f64, edgesMax: u32): u32 {
  const level = changetype<Level>(pointer)
  let spent: u32 = 0
  while (level.queueCount > 0 && spent < edgesMax) {
    const node = word(level.queue, level.queueHead)
    level.queueHead = level.queueHead == level.nodeCount ? 0 : level.queueHead + 1
    level.queueCount--
    store<u8>(level.isQueued + node, 0)
    spent += 1 + word(level.starts, node + 1) - word(level.starts, node)
    const own = word(level.communities, node)
    const best = bestFor(level, node, own, pull)
    if (best != own) move(level, node, own, best)
  }
  return level.queueCount
}

function bestFor(level: Level, node: u32, own: u32, pull: f64): u32 {
  const touched = level.touched
  const states = level.states
  const starts = level.starts
  const targets = level.targets
  const weights = level.weights
  const count = gather(starts, targets, weights, node, level.communities, states, communityShift, touched, 0)
  const strength = real(level.strengths, node)
  const away = strength * pull
  const ownState = stateOf(level, own)
  const stay = link(ownState) - away * (total(ownState) - strength) + strength * GAIN_SHARE_MIN
  let best = own
  let most = rankOf(stay)
  for (let i: u32 = 0; i < count; i++) {
    const community = word(touched, i)
    const state = states + ((<usize>community) << communityShift)
    const rank = rankOf(link(state) - away * total(state))
    setLink(state, 0)
    // its own has `strength` too much in its total here, so that it never wins a second time
    const isBetter = rank > most
    most = select(rank, most, isBetter)
    best = select(community, best, isBetter)
  }
  const isBetterAlone = most < 0 && word(level.sizes, own) > 1
  return isBetterAlone ? word(level.spare, level.spareCount - 1) : best
}

function move(level: Level, node: u32, own: u32, best: u32): void {
  const strength = real(level.strengths, node)
  const left = word(level.sizes, own) - 1
  if (word(level.sizes, best) == 0) level.spareCount--
  if (left == 0) setWord(level.spare, level.spareCount++, own)
  setWord(level.sizes, own, left)
  setWord(level.sizes, best, word(level.sizes, best) + 1)
  const from = stateOf(level, own)
  const to = stateOf(level, best)
  // a community without members has nothing, and not what rounding has left
  setTotal(from, left == 0 ? 0 : total(from) - strength)
  setTotal(to, total(to) + strength)
  setWord(level.communities, node, best)
  level.moveCount++
  wake(level, node, best)
}

/**
 * Queues the neighbours that the move may have made to reconsider. Each is written behind the queue, which is kept only
 * where it was not queued and is of another community, so that there is no branch to guess.
 */
function wake(level: Level, node: u32, community: u32): void {
  const targets = level.targets
  const communities = level.communities
  const isQueued = level.isQueued
  const queue = level.queue
  const ring = level.nodeCount + 1
  const end = word(level.starts, node + 1)
  let tail = level.queueHead + level.queueCount
  if (tail >= ring) tail -= ring
  let count: u32 = 0
  for (let edge = word(level.starts, node); edge < end; edge++) {
    const target = word(targets, edge)
    const queued = <u32>load<u8>(isQueued + target)
    const woken = (queued ^ 1) & (word(communities, target) != community ? 1 : 0)
    store<u8>(isQueued + target, queued | woken)
    setWord(queue, tail, target)
    tail += woken
    tail = select(<u32>0, tail, tail == ring)
    count += woken
  }
  level.queueCount += count
}
