// How dense it is around rows: the loops of DBSCAN (Ester, Kriegel, Sander, Xu 1996) and of HDBSCAN (Campello, Moulavi,
// Sander 2013). Eight rows at a time meet all others, so that each row is fetched once for eight distances. Distances are
// squared, which changes no comparison.

import { squaredL2 } from '../vectors/distance'
import { panelRows, squaredDistances } from './panel'

const lanes = panelRows

/**
 * Counts the neighbours of `count` ≤ 8 rows from `first` on among rows [from, until), and theirs among the eight. Called for
 * every eighth row with those from it on, that is all neighbours of all rows, a row being its own.
 *
 * @param panel   the eight rows, turned, and f32[8] of scratch behind them
 * @param counts  u32[rowCount], added to
 */
export function countNeighbours(
  points: usize,
  rowBytes: usize,
  panel: usize,
  first: u32,
  count: u32,
  from: u32,
  until: u32,
  squaredRadius: f32,
  counts: usize,
): void {
  const eight = panel + rowBytes * lanes
  const isRow: u32 = (1 << count) - 1
  const radius = f32x4.splat(squaredRadius)
  let low = i32x4.splat(0)
  let high = low
  for (let row = from; row < until; row++) {
    squaredDistances(panel, points + <usize>row * rowBytes, rowBytes, eight)
    const nearLow = f32x4.le(v128.load(eight), radius)
    const nearHigh = f32x4.le(v128.load(eight, 16), radius)
    if (!v128.any_true(v128.or(nearLow, nearHigh))) continue
    // a lane that is near is −1
    low = i32x4.sub(low, nearLow)
    high = i32x4.sub(high, nearHigh)
    if (row < first + count) continue
    const near = (i32x4.bitmask(nearLow) | (i32x4.bitmask(nearHigh) << 4)) & isRow
    add(counts + ((<usize>row) << 2), popcnt(near))
  }
  v128.store(eight, low)
  v128.store(eight, high, 16)
  for (let lane: u32 = 0; lane < count; lane++)
    add(counts + ((<usize>(first + lane)) << 2), load<u32>(eight + ((<usize>lane) << 2)))
}

function add(slot: usize, count: u32): void {
  store<u32>(slot, load<u32>(slot) + count)
}

/**
 * Takes those of candidates [from, until) out of their list that are near any of `count` rows in a panel; the others move
 * up to `kept`, in their order.
 *
 * @param candidates  u32[], row indexes
 * @param found       u32[until − from], the rows that were taken out
 * @returns how many were found
 */
export function reach(
  points: usize,
  rowBytes: usize,
  panel: usize,
  count: u32,
  squaredRadius: f32,
  candidates: usize,
  from: u32,
  until: u32,
  kept: u32,
  found: usize,
): u32 {
  const eight = panel + rowBytes * lanes
  const isRow: u32 = (1 << count) - 1
  const radius = f32x4.splat(squaredRadius)
  let foundCount: u32 = 0
  for (let i = from; i < until; i++) {
    const row = load<u32>(candidates + ((<usize>i) << 2))
    squaredDistances(panel, points + <usize>row * rowBytes, rowBytes, eight)
    const nearLow = i32x4.bitmask(f32x4.le(v128.load(eight), radius))
    const nearHigh = i32x4.bitmask(f32x4.le(v128.load(eight, 16), radius))
    if ((nearLow | (nearHigh << 4)) & isRow) {
      store<u32>(found + ((<usize>foundCount) << 2), row)
      foundCount++
    } else {
      store<u32>(candidates + ((<usize>kept) << 2), row)
      kept++
    }
  }
  return foundCount
}

/**
 * Keeps the `order` least distances of eight rows to rows [from, until).
 *
 * @param panel    the eight rows, turned, and f32[8] of scratch behind them
 * @param nearest  f32[8 × order], rising for each of the eight; the last of each is its core distance in the end
 */
export function keepNearest(
  points: usize,
  rowBytes: usize,
  panel: usize,
  from: u32,
  until: u32,
  order: u32,
  nearest: usize,
): void {
  const eight = panel + rowBytes * lanes
  const laneBytes = (<usize>order) << 2
  for (let row = from; row < until; row++) {
    squaredDistances(panel, points + <usize>row * rowBytes, rowBytes, eight)
    let last = nearest + laneBytes - 4
    for (let at: usize = 0; at < lanes << 2; at += 4) {
      const distance = load<f32>(eight + at)
      if (distance < load<f32>(last)) insert(last + 4 - laneBytes, last, distance)
      last += laneBytes
    }
  }
}

/** Puts a distance where it belongs among rising ones; the last falls out. */
function insert(start: usize, slot: usize, distance: f32): void {
  for (; slot > start && load<f32>(slot - 4) > distance; slot -= 4) store<f32>(slot, load<f32>(slot - 4))
  store<f32>(slot, distance)
}

/** A minimum spanning tree that grows. Rows that it has not reached stand first in `points`, without gaps. */
@unmanaged
class Tree {
  rowBytes: u32
  /** how many rows it has not reached */
  restCount: u32
  points: usize
  /** f32[], u32[], f32[] and u32[], one for each row not reached: core distance, name, way to the tree, and from where */
  cores: usize
  names: usize
  ways: usize
  sources: usize
  /** the row that it reached last, its name and its core distance */
  last: usize
  lastName: u32
  lastCore: f32
  /** { source, target } u32 and length f32 of each edge, in the order of their making */
  edges: usize
  lengths: usize
  edgeCount: u32
}

/**
 * Adds up to `steps` rows to the tree by their mutual reachability, max(core, core, distance) (Prim 1957).
 * Where neither core distance allows a shorter way, the distance itself need not be known.
 */
export function growTree(pointer: usize, steps: u32): void {
  const it = changetype<Tree>(pointer)
  for (; steps > 0 && it.restCount > 0; steps--) takeRow(it, nearestRow(it))
}

/** Shortens the ways by what was reached last. @returns the row with the shortest, the lower name on a tie */
function nearestRow(it: Tree): u32 {
  const rowBytes = <usize>it.rowBytes
  let best: f32 = f32.MAX_VALUE
  let bestName: u32 = u32.MAX_VALUE
  let bestRow: u32 = 0
  for (let row: u32 = 0; row < it.restCount; row++) {
    const at = (<usize>row) << 2
    let way = load<f32>(it.ways + at)
    const core = max(it.lastCore, load<f32>(it.cores + at))
    if (core < way) {
      const reachability = max(core, squaredL2(it.last, it.points + <usize>row * rowBytes, rowBytes))
      if (reachability < way) {
        way = reachability
        store<f32>(it.ways + at, way)
        store<u32>(it.sources + at, it.lastName)
      }
    }
    if (way > best) continue
    const name = load<u32>(it.names + at)
    if (way == best && name > bestName) continue
    best = way
    bestName = name
    bestRow = row
  }
  return bestRow
}

/** Makes the row part of the tree; the last of those that are left fills its place. */
function takeRow(it: Tree, row: u32): void {
  const rowBytes = <usize>it.rowBytes
  const at = (<usize>row) << 2
  const edge = it.edges + ((<usize>it.edgeCount) << 3)
  it.lastName = load<u32>(it.names + at)
  it.lastCore = load<f32>(it.cores + at)
  store<u32>(edge, load<u32>(it.sources + at))
  store<u32>(edge, it.lastName, 4)
  store<f32>(it.lengths + ((<usize>it.edgeCount) << 2), load<f32>(it.ways + at))
  it.edgeCount++
  it.restCount--
  memory.copy(it.last, it.points + <usize>row * rowBytes, rowBytes)
  memory.copy(it.points + <usize>row * rowBytes, it.points + <usize>it.restCount * rowBytes, rowBytes)
  const end = (<usize>it.restCount) << 2
  store<f32>(it.cores + at, load<f32>(it.cores + end))
  store<u32>(it.names + at, load<u32>(it.names + end))
  store<f32>(it.ways + at, load<f32>(it.ways + end))
  store<u32>(it.sources + at, load<u32>(it.sources + end))
}
