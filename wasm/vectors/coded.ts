// Search by codes alone, where the vectors themselves are elsewhere: the same head, rows and links as those of an index
// (hnsw-index.ts) in one block, but nothing behind them. What is found are candidates, by the distance of their codes; their
// vectors are measured by whoever has them.

import { distanceOf, idOf, keyAt, keyOf, pushLargest, replaceLargest, sortHeap } from '../base/order'
import { listAllowed } from './hnsw-allow'
import { walkAllowed } from './hnsw-filter'
import { indexAt, rowOf } from './hnsw-index'
import {
  leastDistance,
  measure,
  nearOrders,
  nearRows,
  prepareQuery,
  refinedDistance,
  writeRow,
} from './hnsw-row'
import { descend, searchLevel, touchRows } from './hnsw-search'

const batchIds: u32 = 64

/** Writes rows of codes one after the other. @param vectors  f32, vectorBytes each */
export function codeRows(head: usize, vectors: usize, count: u32, rows: usize): void {
  const index = indexAt(head)
  for (let i: u32 = 0; i < count; i++)
    writeRow(head, rows + <usize>i * index.rowBytes, vectors + <usize>i * index.vectorBytes)
}

/**
 * Walks the graph. The epoch stays in the head, and the marks are this index's own.
 *
 * @param allow    bits of the ids that may be candidates, or 0 for all
 * @param workMax  how many distances a walk among the allowed may compute
 * @returns how many stand in `pool`; −1 when a scan is cheaper
 */
export function walkCodes(head: usize, breadth: u32, allow: usize, workMax: u32): i32 {
  const index = indexAt(head)
  prepareQuery(head)
  const entry = descend(head, index.topLevel, 0)
  if (allow != 0) return walkAllowed(head, entry, breadth, allow, workMax)
  return <i32>searchLevel(head, entry, breadth, 0)
}

/** Starts a scan. @param limit  candidates that are kept in the heap */
export function beginCodeScan(head: usize, limit: u32): void {
  const index = indexAt(head)
  index.heapCount = 0
  index.limit = limit
  prepareQuery(head)
}

/** @param allow  bits of the ids that may be candidates, or 0 for all */
export function scanCodes(head: usize, allow: usize, from: u32, until: u32): void {
  const index = indexAt(head)
  const near = index.near
  while (from < until) {
    const list = listAllowed(allow, from, until, near, batchIds)
    const count = <u32>list
    from = <u32>(list >> 32)
    if (count == 0) continue
    touchRows(head, near, count)
    measure(near, count, index.queryProbe, index.codeBytes)
    keepNearest(head, count)
  }
}

/** Hands what a scan found to `refineCodes`. @returns how many stand in `pool`, in any order */
export function endCodeScan(head: usize): u32 {
  const index = indexAt(head)
  memory.copy(index.pool, index.heap, (<usize>index.heapCount) << 3)
  return index.heapCount
}

/**
 * Measures the candidates in `pool` against the query as it is, by their codes.
 *
 * @returns how many of the best stand in `heap`, nearest first, at most `limit`
 */
export function refineCodes(head: usize, count: u32, limit: u32): u32 {
  const index = indexAt(head)
  const heap = index.heap
  index.heapCount = 0
  for (let i: u32 = 0; i < count; i++) {
    const id = idOf(keyAt(index.pool, i))
    const key = keyOf(refinedDistance(head, rowOf(head, id)), id)
    if (index.heapCount < limit) pushLargest(heap, index.heapCount++, key)
    else if (key < keyAt(heap, 0)) replaceLargest(heap, limit, key)
  }
  sortHeap(heap, index.heapCount)
  return index.heapCount
}

function keepNearest(head: usize, count: u32): void {
  const index = indexAt(head)
  const heap = index.heap
  const limit = index.limit
  const end = index.near + ((<usize>count) << 2)
  for (let at = index.near; at < end; at += 4) {
    const key = ((<u64>load<u32>(at, nearOrders)) << 32) | ((<u64>load<u32>(at)) << 1)
    if (index.heapCount < limit) pushLargest(heap, index.heapCount++, key)
    else if (key < keyAt(heap, 0)) replaceLargest(heap, limit, key)
  }
}

/**
 * Lists what may be no farther than `bound` as far as codes tell, after `beginCodeScan`: its limit is what the heap holds.
 *
 * @param bound  a graph distance
 * @returns the id to go on from; the heap is full where that is below `until`
 */
export function listWithin(head: usize, allow: usize, from: u32, until: u32, bound: f32): u32 {
  const index = indexAt(head)
  const near = index.near
  while (from < until && index.heapCount + batchIds <= index.limit) {
    const list = listAllowed(allow, from, until, near, batchIds)
    const count = <u32>list
    from = <u32>(list >> 32)
    if (count == 0) continue
    touchRows(head, near, count)
    measure(near, count, index.queryProbe, index.codeBytes)
    const end = near + ((<usize>count) << 2)
    for (let at = near; at < end; at += 4) {
      const distance = distanceOf(load<u32>(at, nearOrders))
      const least = leastDistance(head, <usize>load<u32>(at, nearRows), distance)
      if (least > bound) continue
      store<u64>(index.heap + ((<usize>index.heapCount) << 3), keyOf(least, load<u32>(at)))
      index.heapCount++
    }
  }
  return from
}
