// Exact answers: every vector, or every allowed one, is looked at. What is far by its codes is far, if what the codes may be
// wrong by is allowed for. That has a bound, with x̂ and q̂ for what the codes of x' and q' stand for:
//
//   |x' − q'|  ≥  |x̂ − q̂| − |x' − x̂| − |q' − q̂|                      (the triangle)
//   | q'·x' − q̂·x̂ |  ≤  |q' − q̂| |x̂|  +  |q'| |x' − x̂|             (Cauchy, Schwarz)
//
// So only the few that might be near are measured by their vectors, which are four times as long. What is found stands in a
// heap, the farthest first, until the scan ends. A scan goes over ranges of ids, one a call.

import { distanceOf, keyAt, keyOf, pushLargest, replaceLargest, sortHeap } from '../base/order'
import { word } from '../base/words'
import { listAllowed } from './hnsw-allow'
import { indexAt, vectorOf } from './hnsw-index'
import {
  graphDistanceOf,
  leastDistance,
  measure,
  nearOrders,
  nearRows,
  prepareQuery,
  rankDistance,
} from './hnsw-row'
import { touchRows } from './hnsw-search'

const batchIds: u32 = 64

/**
 * Starts to look for what is nearest to `query`.
 *
 * @param limit   hits that are kept, 1..heapMax
 * @param radius  rank distance up to which a vector is a hit
 */
export function beginScan(head: usize, limit: u32, radius: f32): void {
  const index = indexAt(head)
  index.heapCount = 0
  index.limit = limit
  index.radius = radius
  index.isCapped = 0
  if (index.linked > 0) prepareQuery(head)
}

/** @param allow  bits of the ids that may be hits, or 0 for all */
export function scan(head: usize, allow: usize, from: u32, until: u32): void {
  const index = indexAt(head)
  const near = index.near
  while (from < until) {
    const list = listAllowed(allow, from, until, near, batchIds)
    const count = <u32>list
    from = <u32>(list >> 32)
    if (index.linked > 0) lookAt(head, count)
    else for (let i: u32 = 0; i < count; i++) offer(head, word(near, i))
  }
}

/** @returns how many hits stand in `heap`, nearest first */
export function endScan(head: usize): u32 {
  const index = indexAt(head)
  sortHeap(index.heap, index.heapCount)
  return index.heapCount
}

/** Offers those of `near` that may be near enough. */
function lookAt(head: usize, count: u32): void {
  const index = indexAt(head)
  const near = index.near
  touchRows(head, near, count)
  measure(near, count, index.queryProbe, index.codeBytes)
  index.work += count
  let bound = graphBound(head)
  const end = near + ((<usize>count) << 2)
  for (let at = near; at < end; at += 4) {
    const row = <usize>load<u32>(at, nearRows)
    const distance = distanceOf(load<u32>(at, nearOrders))
    if (leastDistance(head, row, distance) > bound) continue
    offer(head, load<u32>(at))
    bound = graphBound(head)
  }
}

/** The graph distance from which nothing is a hit any more. */
function graphBound(head: usize): f32 {
  const index = indexAt(head)
  const isFull = index.heapCount == index.limit
  // as long as nobody knows whether there are more hits than are kept, all of them are looked for
  const isOpen = !isFull || (index.isCapped == 0 && index.radius < f32.MAX_VALUE)
  const bound = isOpen ? index.radius : distanceOf(<u32>(keyAt(index.heap, 0) >> 32))
  return graphDistanceOf(head, bound)
}

function offer(head: usize, id: u32): void {
  const index = indexAt(head)
  const distance = rankDistance(head, vectorOf(head, id), index.query)
  if (distance > index.radius) return
  const key = keyOf(distance, id)
  if (index.heapCount < index.limit) {
    pushLargest(index.heap, index.heapCount, key)
    index.heapCount++
    return
  }
  index.isCapped = 1
  if (key < keyAt(index.heap, 0)) replaceLargest(index.heap, index.heapCount, key)
}
