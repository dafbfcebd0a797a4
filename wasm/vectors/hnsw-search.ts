// Search in the graph (Malkov, Yashunin 2016, algorithms 2 and 5): greedily down the upper levels, then with a sorted pool
// of the best so far, of which the nearest that has not been expanded is expanded next.
//
// An expansion goes over its neighbours four times, because a loop that does one thing keeps the machine's loads in flight:
// collect those that were not visited; touch their rows, so that the misses of all overlap; measure; put into the pool.

import { distanceOf, idOf, insertSorted, keyAt, keyOf, mergeSorted } from '../base/order'
import { indexAt, linksMaxOf, linksOf, none, rowOf, vectorOf } from './hnsw-index'
import {
  graphDistanceOf,
  leastDistance,
  measure,
  nearOrders,
  nearRows,
  prepareQuery,
  rankDistance,
} from './hnsw-row'

/**
 * Looks for `query` in the whole graph.
 *
 * @param breadth  how many candidates are kept, k..breadthMax: more find more
 * @returns how many hits stand in `index.hits`, nearest first, at most k
 */
export function search(head: usize, k: u32, breadth: u32): u32 {
  const index = indexAt(head)
  if (index.linked == 0) return 0
  prepareQuery(head)
  const entry = descend(head, index.topLevel, 0)
  const found = searchLevel(head, entry, breadth, 0)
  return rank(head, index.pool, found, k)
}

/** How many candidates are measured again by their vectors in any case, where k are wanted. */
function rerankOf(k: u32): u32 {
  return max<u32>(40, 2 * k)
}

/** Goes down from `from` to just above `to`, each time to where it gets no nearer. @returns a key */
export function descend(head: usize, from: u32, to: u32): u64 {
  const index = indexAt(head)
  const probe = index.queryProbe
  const codeBytes = index.codeBytes
  const near = index.near
  let nearest = index.entry
  store<u32>(near, nearest)
  touchRows(head, near, 1)
  measure(near, 1, probe, codeBytes)
  let order = load<u32>(near, nearOrders)
  for (let level = from; level > to; level--) {
    let isNearer = true
    while (isNearer) {
      isNearer = false
      const count = gather(head, linksOf(head, nearest, level), index.linksMax)
      measure(near, count, probe, codeBytes)
      for (let at = near; at < near + ((<usize>count) << 2); at += 4) {
        const other = load<u32>(at, nearOrders)
        if (other >= order) continue
        order = other
        nearest = load<u32>(at)
        isNearer = true
      }
    }
  }
  return ((<u64>order) << 32) | ((<u64>nearest) << 1)
}

/** Candidates that are expanded together: what an expansion costs beside its distances is then shared. */
const expansionsAtOnce: u32 = 2

/** Fills `index.pool` with the nearest `breadth` that a walk from `entry` comes to. @returns how many. The long loop of it all. */
export function searchLevel(head: usize, entry: u64, breadth: u32, level: u32): u32 {
  const index = indexAt(head)
  const pool = index.pool
  const near = index.near
  const probe = index.queryProbe
  const codeBytes = index.codeBytes
  const visited = index.visited
  const epoch = nextEpoch(head)
  const incoming = index.choices
  const linksMax = linksMaxOf(head, level)
  let count: u32 = 1
  let at: u32 = 0
  store<u64>(pool, entry)
  store<u8>(visited + idOf(entry), epoch)
  while (true) {
    // a pool that is not full yet is filled one by one, by what is nearest
    const most: u32 = count == breadth ? expansionsAtOnce : 1
    let fresh: u32 = 0
    for (let expanded: u32 = 0; at < count && expanded < most; at++) {
      const key = keyAt(pool, at)
      if (key & 1) continue
      store<u64>(pool + ((<usize>at) << 3), key | 1)
      const links = linksOf(head, idOf(key), level)
      fresh += collect(links, linksMax, near + ((<usize>fresh) << 2), visited, epoch)
      expanded++
    }
    if (fresh == 0) {
      if (at >= count) break
      continue
    }
    touchRows(head, near, fresh)
    index.work += fresh
    measure(near, fresh, probe, codeBytes)
    const worst = count == breadth ? keyAt(pool, breadth - 1) : u64.MAX_VALUE
    const better = keepBefore(near, fresh, worst, incoming)
    if (better == 0) continue
    index.touched = load<u32>(linksOf(head, nearestOf(incoming, better), level))
    at = min(at, mergeSorted(pool, count, breadth, incoming, better))
    count = min(count + better, breadth)
  }
  return count
}

/** Makes keys of what was measured, and keeps those before `worst`. @returns how many */
function keepBefore(near: usize, count: u32, worst: u64, keys: usize): u32 {
  let kept: usize = 0
  for (const end = near + ((<usize>count) << 2); near < end; near += 4) {
    const key = ((<u64>load<u32>(near, nearOrders)) << 32) | ((<u64>load<u32>(near)) << 1)
    store<u64>(keys + (kept << 3), key)
    kept += <usize>(key < worst)
  }
  return <u32>kept
}

/** What is likely to be expanded next: its links are on their way while the keys are put in their places. */
function nearestOf(keys: usize, count: u32): u32 {
  let nearest = keyAt(keys, 0)
  for (let i: u32 = 1; i < count; i++) nearest = min(nearest, keyAt(keys, i))
  return idOf(nearest)
}

/** Collects the links that this search has not been to. In fours, since the loop itself costs as much as what it does. @returns how many */
export function collect(links: usize, linksMax: u32, near: usize, visited: usize, epoch: u32): u32 {
  const end = links + ((<usize>linksMax) << 2)
  let to = near
  while (links + 16 <= end && load<u32>(links, 12) != none) {
    to = take(load<u32>(links), to, visited, epoch)
    to = take(load<u32>(links, 4), to, visited, epoch)
    to = take(load<u32>(links, 8), to, visited, epoch)
    to = take(load<u32>(links, 12), to, visited, epoch)
    links += 16
  }
  for (; links < end && load<u32>(links) != none; links += 4) to = take(load<u32>(links), to, visited, epoch)
  return <u32>((to - near) >> 2)
}

/** Writes an id down, but goes on from the same place where it was visited: no branch to guess wrong. */
function take(id: u32, to: usize, visited: usize, epoch: u32): usize {
  const isFresh = load<u8>(visited + id) != epoch
  store<u32>(to, id)
  store<u8>(visited + id, epoch)
  return to + ((<usize>isFresh) << 2)
}

/** Collects all links of a list. @returns how many */
export function gather(head: usize, links: usize, linksMax: u32): u32 {
  const index = indexAt(head)
  let count: u32 = 0
  while (count < linksMax && load<u32>(links + ((<usize>count) << 2)) != none) {
    store<u32>(index.near + ((<usize>count) << 2), load<u32>(links + ((<usize>count) << 2)))
    count++
  }
  touchRows(head, index.near, count)
  return count
}

/** Notes where the rows of the ids in `near` are, and loads a word of each of their cache lines. */
export function touchRows(head: usize, near: usize, count: u32): void {
  const index = indexAt(head)
  const blocks = index.blocks
  const blockShift = index.blockShift
  const blockBytes = index.blockBytes
  const rowBytes = index.rowBytes
  const mask = ((<u32>1) << blockShift) - 1
  let touched: u32 = 0
  for (const end = near + ((<usize>count) << 2); near < end; near += 4) {
    const id = load<u32>(near)
    const row = blocks + <usize>(id >> blockShift) * blockBytes + <usize>(id & mask) * rowBytes
    store<u32>(near, <u32>row, nearRows)
    touched |= load<u32>(row) | load<u32>(row, 64)
    for (let line: usize = 128; line < rowBytes; line += 64) touched |= load<u32>(row + line)
  }
  index.touched = touched
}

/** A mark for `visited` that none of it bears. Marks are bytes, so every 255th search has to wipe them. */
export function nextEpoch(head: usize): u32 {
  const index = indexAt(head)
  index.epoch++
  if (index.epoch > 255) {
    memory.fill(index.visited, 0, index.count)
    index.epoch = 1
  }
  return index.epoch
}

/**
 * Measures the first of a pool by their vectors: as many as `rerankOf` says, and beyond those all that may be among the best
 * k as far as their codes tell.
 *
 * @returns how many of the best k stand in `hits`
 */
export function rank(head: usize, pool: usize, count: u32, k: u32): u32 {
  const index = indexAt(head)
  const hits = index.hits
  const sure = min(count, rerankOf(k))
  touchVectors(head, pool, sure)
  let kept: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const candidate = keyAt(pool, i)
    const id = idOf(candidate)
    if (i >= sure) {
      const worst = graphDistanceOf(head, distanceOf(<u32>(keyAt(hits, k - 1) >> 32)))
      if (leastDistance(head, rowOf(head, id), distanceOf(<u32>(candidate >> 32))) > worst) break
    }
    const key = keyOf(rankDistance(head, vectorOf(head, id), index.query), id)
    if (kept == k && key >= keyAt(hits, k - 1)) continue
    kept = insertSorted(hits, kept, k, key)
  }
  return kept
}

function touchVectors(head: usize, pool: usize, count: u32): void {
  const index = indexAt(head)
  const bytes = index.vectorBytes
  let touched: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const vector = vectorOf(head, idOf(keyAt(pool, i)))
    for (let line: usize = 0; line < bytes; line += 64) touched |= load<u32>(vector + line)
  }
  index.touched = touched
}
