// The first of Lloyd's two steps (Lloyd 1957, 1982): each row goes to its nearest centroid, which is the one where
// x·c − |c|²/2 is greatest, and costs one multiplication a component.
//
// Where there is memory for it, each row keeps a bound below its distances to each panel, and one above the distance to its
// own centroid; both are moved as far as the centroids move, and a panel that can't hold a nearer centroid is left out (Ding
// et al. 2015). Bounds allow for what f32 rounds away, so that rows go where they would go without.

import { dot, multiplyAdd } from '../vectors/distance'
import { Clusters, panelCountOf } from './kmeans-clusters'
import { panelRows, turnRows } from './panel'

const none: u32 = 0xffffffff
const lanes = panelRows
/** Rows that stay in the second cache while the panels pass by. */
const blockRows: u32 = 120
/** Rows that meet a panel at once: 5 × 8 scores are as many as there are registers for. */
const tileRows: u32 = 5

/** What a block knows of a row while the panels pass by. */
@unmanaged
class Meeting {
  /** the best score so far, its centroid, and a bound above its distance; below 0 when no panel needs to be met */
  score: f32
  name: u32
  reach: f32
  /** its centroid until now, and a bound below the distance to that */
  own: u32
  ownBound: f32
  norm: f32
  // from byte 32: the eight scores of the panel that the best came from
}

const meetingBytes: usize = 64
const scoresAt: usize = 32
// a block: meetings, a list of rows, and room for eight scores
const listAt: usize = <usize>blockRows * meetingBytes
const scratchAt: usize = listAt + ((<usize>blockRows) << 2)

/** Turns the centroids, once an iteration, before any `assign`. */
export function prepare(pointer: usize): void {
  const it = changetype<Clusters>(pointer)
  const rowBytes = <usize>it.rowBytes
  for (let first: u32 = 0; first < it.clusterCount; first += lanes) {
    const rows = it.centroids + <usize>first * rowBytes
    turnRows(it.panels + <usize>first * rowBytes, rows, rowBytes, min(lanes, it.clusterCount - first))
    for (let lane: u32 = 0; lane < lanes; lane++) {
      const half =
        first + lane < it.clusterCount ? halfNorm(it, rows + <usize>lane * rowBytes) : f32.MAX_VALUE
      store<f32>(it.minusHalves + ((<usize>(first + lane)) << 2), -half)
    }
  }
}

function halfNorm(it: Clusters, row: usize): f32 {
  return it.isSpherical ? 0.5 : dot(row, row, it.rowBytes) / 2
}

/** |x|² of rows [from, until), once, before any `assign`. */
export function measureNorms(pointer: usize, from: u32, until: u32): void {
  const it = changetype<Clusters>(pointer)
  for (let row = from; row < until; row++) {
    const x = it.points + <usize>row * <usize>it.rowBytes
    store<f32>(it.norms + ((<usize>row) << 2), dot(x, x, it.rowBytes))
  }
}

/**
 * Assigns rows [from, until), and takes them from their old clusters' totals to the new ones' where `gathers`.
 *
 * @returns how many went to another cluster than before
 */
export function assign(pointer: usize, from: u32, until: u32, gathers: bool): u32 {
  const it = changetype<Clusters>(pointer)
  const list = it.block + listAt
  let changed: u32 = 0
  for (let first = from; first < until; first += blockRows) {
    const count = min(blockRows, until - first)
    for (let i: u32 = 0; i < count; i++) meet(it, first + i, meetingOf(it, i))
    for (let cluster: u32 = 0; cluster < it.clusterCount; cluster += lanes) {
      const listed = listRows(it, first, count, cluster / lanes, list)
      if (listed > 0) scoreRows(it, first, cluster, list, listed)
    }
    for (let i: u32 = 0; i < count; i++) changed += part(it, first + i, meetingOf(it, i), gathers)
  }
  return changed
}

function meetingOf(it: Clusters, i: u32): Meeting {
  return changetype<Meeting>(it.block + <usize>i * meetingBytes)
}

function boundOf(it: Clusters, row: u32, panel: u32): usize {
  return it.bounds + ((<usize>row * panelCountOf(it) + panel) << 2)
}

/** A bound above the distance that a score stands for, and one below it. */
function above(it: Clusters, norm: f32, score: f32): f32 {
  const square = squareOf(norm, score)
  return Mathf.sqrt(square + slackOf(it, norm, square))
}

function below(it: Clusters, norm: f32, score: f32): f32 {
  const square = squareOf(norm, score)
  return Mathf.sqrt(max<f32>(0, square - slackOf(it, norm, square)))
}

/** A lane without a centroid is at the end of the world. */
function squareOf(norm: f32, score: f32): f32 {
  return min<f32>(1e37, max<f32>(0, norm - 2 * score))
}

/** By how much f32 may be wrong about a square, several times over: |c|² is at most twice |x|² and the square. */
function slackOf(it: Clusters, norm: f32, square: f32): f32 {
  return (norm + square) * <f32>2e-7 * (4 + Mathf.sqrt(<f32>(it.rowBytes >>> 2)))
}

/** Sees whether the row has to be scored anew at all. */
function meet(it: Clusters, row: u32, at: Meeting): void {
  const own = load<u32>(it.assignments + ((<usize>row) << 2))
  at.norm = load<f32>(it.norms + ((<usize>row) << 2))
  at.own = none
  at.name = none
  at.score = -f32.MAX_VALUE
  at.reach = f32.MAX_VALUE
  if (it.bounds == 0) return
  if (own == none) {
    memory.fill(boundOf(it, row, 0), 0, (<usize>panelCountOf(it)) << 2)
    return
  }
  const reach =
    load<f32>(it.reaches + ((<usize>row) << 2)) * <f32>1.000001 + load<f32>(it.moves + ((<usize>own) << 2))
  at.own = own
  at.name = own
  if (reach <= lowerBounds(it, row)) {
    store<f32>(it.reaches + ((<usize>row) << 2), reach)
    at.reach = -1
    return
  }
  const rowBytes = <usize>it.rowBytes
  const product = dot(it.points + <usize>row * rowBytes, it.centroids + <usize>own * rowBytes, rowBytes)
  at.score = product + load<f32>(it.minusHalves + ((<usize>own) << 2))
  at.reach = above(it, at.norm, at.score)
  at.ownBound = below(it, at.norm, at.score)
}

/** Moves a row's bounds as far down as its panels came nearer at most. @returns the least */
function lowerBounds(it: Clusters, row: u32): f32 {
  const panelCount = panelCountOf(it)
  const bounds = boundOf(it, row, 0)
  let least: f32 = f32.MAX_VALUE
  for (let at: usize = 0; at < (<usize>panelCount) << 2; at += 4) {
    const bound = max<f32>(0, load<f32>(bounds + at) * <f32>0.999999 - load<f32>(it.panelMoves + at))
    store<f32>(bounds + at, bound)
    least = min(least, bound)
  }
  return least
}

/** Those rows of a block for which a panel may hold a nearer centroid. @returns how many */
function listRows(it: Clusters, first: u32, count: u32, panel: u32, list: usize): u32 {
  let listed: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const bound = it.bounds == 0 ? <f32>0 : load<f32>(boundOf(it, first + i, panel))
    store<u32>(list + ((<usize>listed) << 2), i)
    listed += <u32>(meetingOf(it, i).reach > bound)
  }
  return listed
}

/** Scores of listed rows with a panel. One long loop on purpose: its 40 sums live in registers. */
function scoreRows(it: Clusters, first: u32, cluster: u32, list: usize, listed: u32): void {
  const rowBytes = <usize>it.rowBytes
  const points = it.points + <usize>first * rowBytes
  const panelStart = it.panels + <usize>cluster * rowBytes
  const minus = it.minusHalves + ((<usize>cluster) << 2)
  for (let at: u32 = 0; at < listed; at += tileRows) {
    // a tile that runs over the end scores its last row again, which changes nothing
    const i0 = load<u32>(list + ((<usize>at) << 2))
    const i1 = load<u32>(list + ((<usize>min(at + 1, listed - 1)) << 2))
    const i2 = load<u32>(list + ((<usize>min(at + 2, listed - 1)) << 2))
    const i3 = load<u32>(list + ((<usize>min(at + 3, listed - 1)) << 2))
    const i4 = load<u32>(list + ((<usize>min(at + 4, listed - 1)) << 2))
    let x0 = points + <usize>i0 * rowBytes
    let x1 = points + <usize>i1 * rowBytes
    let x2 = points + <usize>i2 * rowBytes
    let x3 = points + <usize>i3 * rowBytes
    let x4 = points + <usize>i4 * rowBytes
    const minusLow = v128.load(minus)
    const minusHigh = v128.load(minus, 16)
    let panel = panelStart
    let low0 = minusLow,
      low1 = minusLow,
      low2 = minusLow,
      low3 = minusLow,
      low4 = minusLow
    let high0 = minusHigh,
      high1 = minusHigh,
      high2 = minusHigh,
      high3 = minusHigh,
      high4 = minusHigh
    const rowEnd = x0 + rowBytes
    while (x0 < rowEnd) {
      let low = v128.load(panel)
      let high = v128.load(panel, 16)
      let x = v128.load32_splat(x0)
      low0 = multiplyAdd(x, low, low0)
      high0 = multiplyAdd(x, high, high0)
      x = v128.load32_splat(x1)
      low1 = multiplyAdd(x, low, low1)
      high1 = multiplyAdd(x, high, high1)
      x = v128.load32_splat(x2)
      low2 = multiplyAdd(x, low, low2)
      high2 = multiplyAdd(x, high, high2)
      x = v128.load32_splat(x3)
      low3 = multiplyAdd(x, low, low3)
      high3 = multiplyAdd(x, high, high3)
      x = v128.load32_splat(x4)
      low4 = multiplyAdd(x, low, low4)
      high4 = multiplyAdd(x, high, high4)
      low = v128.load(panel, 32)
      high = v128.load(panel, 48)
      x = v128.load32_splat(x0, 4)
      low0 = multiplyAdd(x, low, low0)
      high0 = multiplyAdd(x, high, high0)
      x = v128.load32_splat(x1, 4)
      low1 = multiplyAdd(x, low, low1)
      high1 = multiplyAdd(x, high, high1)
      x = v128.load32_splat(x2, 4)
      low2 = multiplyAdd(x, low, low2)
      high2 = multiplyAdd(x, high, high2)
      x = v128.load32_splat(x3, 4)
      low3 = multiplyAdd(x, low, low3)
      high3 = multiplyAdd(x, high, high3)
      x = v128.load32_splat(x4, 4)
      low4 = multiplyAdd(x, low, low4)
      high4 = multiplyAdd(x, high, high4)
      x0 += 8
      x1 += 8
      x2 += 8
      x3 += 8
      x4 += 8
      panel += 64
    }
    settle(it, first, i0, cluster, low0, high0)
    settle(it, first, i1, cluster, low1, high1)
    settle(it, first, i2, cluster, low2, high2)
    settle(it, first, i3, cluster, low3, high3)
    settle(it, first, i4, cluster, low4, high4)
  }
}

/** Notes what a row's scores with a panel say of it. On a tie the centroid that came first stays. */
function settle(it: Clusters, first: u32, i: u32, cluster: u32, low: v128, high: v128): void {
  const at = meetingOf(it, i)
  if (at.own - cluster < lanes) {
    const scratch = it.block + scratchAt
    v128.store(scratch, low)
    v128.store(scratch, high, 16)
    store<f32>(scratch + ((<usize>(at.own - cluster)) << 2), -f32.MAX_VALUE)
    low = v128.load(scratch)
    high = v128.load(scratch, 16)
  }
  const top = topOf(low, high)
  const score = f32x4.extract_lane(top, 0)
  if (it.bounds != 0) store<f32>(boundOf(it, first + i, cluster / lanes), below(it, at.norm, score))
  if (score <= at.score) return
  at.score = score
  at.name = cluster + ctz<u32>(i32x4.bitmask(f32x4.eq(low, top)) | (i32x4.bitmask(f32x4.eq(high, top)) << 4))
  at.reach = above(it, at.norm, score)
  v128.store(changetype<usize>(at) + scoresAt, low)
  v128.store(changetype<usize>(at) + scoresAt, high, 16)
}

/** The greatest of eight, in all lanes. */
function topOf(low: v128, high: v128): v128 {
  const four = f32x4.pmax(low, high)
  const two = f32x4.pmax(four, i32x4.shuffle(four, four, 2, 3, 0, 1))
  return f32x4.pmax(two, i32x4.shuffle(two, two, 1, 0, 3, 2))
}

/** Lets a row go to its nearest centroid. @returns 1 when that is another than before */
function part(it: Clusters, row: u32, at: Meeting, gathers: bool): u32 {
  if (at.reach < 0) return 0
  if (it.bounds != 0) {
    store<f32>(it.reaches + ((<usize>row) << 2), at.reach)
    if (at.name != at.own) boundAnew(it, row, at)
  }
  const slot = it.assignments + ((<usize>row) << 2)
  const before = load<u32>(slot)
  if (before == at.name) return 0
  store<u32>(slot, at.name)
  if (gathers) {
    if (before != none) gather(it, row, before, -1)
    gather(it, row, at.name, 1)
  }
  return 1
}

/** A panel's bound leaves out the row's own centroid, which is another one now. */
function boundAnew(it: Clusters, row: u32, at: Meeting): void {
  const scores = changetype<usize>(at) + scoresAt
  store<f32>(scores + ((<usize>(at.name & (lanes - 1))) << 2), -f32.MAX_VALUE)
  const second = f32x4.extract_lane(topOf(v128.load(scores), v128.load(scores, 16)), 0)
  store<f32>(boundOf(it, row, at.name / lanes), below(it, at.norm, second))
  if (at.own == none) return
  const left = boundOf(it, row, at.own / lanes)
  store<f32>(left, min(load<f32>(left), at.ownBound))
}

/** @param sign  1 to add a row to a cluster, −1 to take it away */
function gather(it: Clusters, row: u32, cluster: u32, sign: i32): void {
  const count = it.counts + ((<usize>cluster) << 2)
  store<u32>(count, load<u32>(count) + sign)
  const factor = f64x2.splat(<f64>sign)
  const x = it.points + <usize>row * <usize>it.rowBytes
  const total = it.totals + <usize>cluster * <usize>it.rowBytes * 2
  for (let at: usize = 0; at < it.rowBytes; at += 8) {
    const two = f64x2.promote_low_f32x4(v128.load64_zero(x + at))
    v128.store(total + at * 2, f64x2.add(v128.load(total + at * 2), f64x2.mul(two, factor)))
  }
}
