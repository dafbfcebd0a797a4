// Search among the allowed ids. The walk goes over all nodes, since those that are not allowed lead to those that are, and
// keeps the allowed in a pool of their own. It ends when that pool is full and nothing nearer is left to expand: so it
// finds what a search of all would find if it were as broad as it takes, be the filter independent of the query or not.
//
// How broad that is depends on how many of the nodes around the query are allowed, and the walk finds out on its way. When
// looking at every allowed vector would be cheaper than to go on, it says so.

import { idOf, insertSorted, keyAt, popLargest, pushLargest } from '../base/order'
import { isAllowed } from './hnsw-allow'
import { indexAt, linksOf } from './hnsw-index'
import { measure, nearOrders, prepareQuery } from './hnsw-row'
import { collect, descend, nextEpoch, rank, touchRows } from './hnsw-search'

/** More distances than were allowed for. */
const tooMuch: i32 = -1

/**
 * @param allow    bits of the ids that may be hits
 * @param breadth  how many allowed candidates are kept
 * @param workMax  how many distances may be computed
 * @returns how many hits stand in `index.hits`, nearest first, at most k; or −1 when a scan is cheaper
 */
export function searchAllowed(head: usize, k: u32, breadth: u32, allow: usize, workMax: u32): i32 {
  const index = indexAt(head)
  prepareQuery(head)
  const found = walkAllowed(head, descend(head, index.topLevel, 0), breadth, allow, workMax)
  return found < 0 ? tooMuch : <i32>rank(head, index.pool, <u32>found, k)
}

/** @returns how many stand in `index.pool`, or −1 */
export function walkAllowed(head: usize, entry: u64, breadth: u32, allow: usize, workMax: u32): i32 {
  const index = indexAt(head)
  const pool = index.pool
  const near = index.near
  const epoch = nextEpoch(head)
  const linksMax = index.linksMax << 1
  // a heap gives its largest, and the nearest is wanted: its keys are turned over
  const open = index.heap
  let openCount: u32 = 1
  let found: u32 = 0
  let work: u32 = 0
  let nextLook = workMax >> 3
  store<u64>(open, ~entry)
  store<u8>(index.visited + idOf(entry), epoch)
  if (isAllowed(allow, idOf(entry))) found = insertSorted(pool, 0, breadth, entry)
  while (openCount > 0) {
    const nearest = ~keyAt(open, 0)
    if (found == breadth && nearest > keyAt(pool, breadth - 1)) break
    openCount = popLargest(open, openCount)
    const fresh = collect(linksOf(head, idOf(nearest), 0), linksMax, near, index.visited, epoch)
    touchRows(head, near, fresh)
    measure(near, fresh, index.queryProbe, index.codeBytes)
    work += fresh
    index.work += fresh
    const end = near + ((<usize>fresh) << 2)
    for (let at = near; at < end; at += 4) {
      const id = load<u32>(at)
      const key = ((<u64>load<u32>(at, nearOrders)) << 32) | ((<u64>id) << 1)
      if (found == breadth && key > keyAt(pool, breadth - 1)) continue
      if (openCount == index.heapMax) return tooMuch
      pushLargest(open, openCount, ~key)
      openCount++
      if (isAllowed(allow, id)) found = insertSorted(pool, found, breadth, key)
    }
    if (work < nextLook || found == breadth) {
      if (work > workMax) return tooMuch
      continue
    }
    // as many again for each that is missing
    if (<u64>work * breadth > <u64>workMax * found) return tooMuch
    nextLook = 2 * work
  }
  return <i32>found
}
