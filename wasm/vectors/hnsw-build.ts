// Building the graph (Malkov, Yashunin 2016, algorithms 1 and 4). The first vectors are only stored, and searched exactly:
// when there are enough of them, their mean is the centre of all codes from then on, and the graph begins.

import { idOf, insertSorted, keyAt } from '../base/order'
import { formCosine, indexAt, linksMaxOf, linksOf, none, rowOf, vectorOf } from './hnsw-index'
import { levelOf, startLevels } from './hnsw-levels'
import { measure, nearOrders, prepareProbe, writeRow } from './hnsw-row'
import { descend, gather, searchLevel, touchRows } from './hnsw-search'

/** Vectors that are stored before the graph begins. */
const centreCount: u32 = 256

/** Readies a head whose fields and regions the face has filled in. */
export function start(head: usize): void {
  startLevels(head)
}

/**
 * Takes vectors in. The face has seen to it that there is room.
 *
 * @param vectors  f32[count × dim], finite; not zero where the distance is of angles
 */
export function insert(head: usize, vectors: usize, count: u32): void {
  const index = indexAt(head)
  const bytes = (<usize>index.dim) << 2
  for (let i: u32 = 0; i < count; i++) {
    const vector = vectorOf(head, index.count)
    memory.copy(vector, vectors + <usize>i * bytes, bytes)
    if (index.form == formCosine) normalise(vector, index.dim)
    index.count++
    if (index.count >= centreCount) linkStored(head)
  }
}

/** Makes the length of a vector 1. In f64, since a square of an f32 may be none. */
export function normalise(vector: usize, dim: u32): void {
  let square: f64 = 0
  const end = vector + ((<usize>dim) << 2)
  for (let at = vector; at < end; at += 4) square += <f64>load<f32>(at) * <f64>load<f32>(at)
  const factor = 1 / sqrt<f64>(square)
  for (let at = vector; at < end; at += 4) store<f32>(at, <f32>(<f64>load<f32>(at) * factor))
}

function linkStored(head: usize): void {
  const index = indexAt(head)
  if (index.linked == 0) setCentre(head)
  while (index.linked < index.count) link(head, index.linked++)
}

function setCentre(head: usize): void {
  const index = indexAt(head)
  for (let i: usize = 0; i < index.dim; i++) {
    let sum: f64 = 0
    for (let id: u32 = 0; id < centreCount; id++) sum += <f64>load<f32>(vectorOf(head, id) + (i << 2))
    store<f32>(index.centre + (i << 2), <f32>(sum / centreCount))
  }
}

function link(head: usize, id: u32): void {
  const index = indexAt(head)
  const row = rowOf(head, id)
  writeRow(head, row, vectorOf(head, id))
  prepareProbe(head, index.queryProbe, row)
  const level = levelOf(head, id)
  for (let l: u32 = 0; l <= level; l++)
    memory.fill(linksOf(head, id, l), 0xff, (<usize>linksMaxOf(head, l)) << 2)
  if (id == 0) {
    index.entry = 0
    index.topLevel = level
    return
  }
  let entry = descend(head, index.topLevel, level)
  for (let l = <i32>min(level, index.topLevel); l >= 0; l--) {
    const found = searchLevel(head, entry, index.buildBreadth, l)
    entry = keyAt(index.pool, 0) & ~1
    connectBothWays(head, id, l, found)
  }
  if (level > index.topLevel) {
    index.topLevel = level
    index.entry = id
  }
}

function connectBothWays(head: usize, id: u32, level: u32, found: u32): void {
  const index = indexAt(head)
  const links = linksOf(head, id, level)
  const chosen = choose(head, index.pool, found, index.linksMax, links)
  for (let i: u32 = 0; i < chosen; i++) connect(head, load<u32>(links + ((<usize>i) << 2)), id, level)
}

/** Adds a link, or where the list is full chooses anew which to keep. */
function connect(head: usize, from: u32, to: u32, level: u32): void {
  const index = indexAt(head)
  const links = linksOf(head, from, level)
  const linksMax = linksMaxOf(head, level)
  let count: u32 = 0
  while (count < linksMax && load<u32>(links + ((<usize>count) << 2)) != none) count++
  if (count < linksMax) {
    store<u32>(links + ((<usize>count) << 2), to)
    return
  }
  const choices = index.choices
  const near = index.near
  gather(head, links, linksMax)
  store<u32>(near + ((<usize>count) << 2), to)
  touchRows(head, near, count + 1)
  prepareProbe(head, index.sideProbe, rowOf(head, from))
  measure(near, count + 1, index.sideProbe, index.codeBytes)
  for (let i: u32 = 0; i <= count; i++) {
    const at = near + ((<usize>i) << 2)
    insertSorted(choices, i, i + 1, ((<u64>load<u32>(at, nearOrders)) << 32) | ((<u64>load<u32>(at)) << 1))
  }
  const chosen = choose(head, choices, count + 1, linksMax, links)
  memory.fill(links + ((<usize>chosen) << 2), 0xff, (<usize>(linksMax - chosen)) << 2)
}

/**
 * Chooses links that lead in different directions: the nearest candidate is taken, all that are nearer to it than to
 * where the links start are struck out, and so on with what remains.
 *
 * @param candidates  u64[count], rising keys; used up
 * @param links       u32[chosenMax], to be written
 * @returns how many were chosen
 */
function choose(head: usize, candidates: usize, count: u32, chosenMax: u32, links: usize): u32 {
  const index = indexAt(head)
  const probe = index.sideProbe
  const near = index.near
  const codeBytes = index.codeBytes
  let chosen: u32 = 0
  let left = count
  while (left > 0 && chosen < chosenMax) {
    const id = idOf(keyAt(candidates, 0))
    store<u32>(links + ((<usize>chosen) << 2), id)
    chosen++
    if (chosen == chosenMax) break
    prepareProbe(head, probe, rowOf(head, id))
    for (let i: usize = 1; i < left; i++) store<u32>(near + (i << 2), idOf(load<u64>(candidates + (i << 3))))
    touchRows(head, near + 4, left - 1)
    measure(near + 4, left - 1, probe, codeBytes)
    let kept: usize = 0
    for (let i: usize = 1; i < left; i++) {
      const key = load<u64>(candidates + (i << 3))
      store<u64>(candidates + (kept << 3), key)
      kept += <usize>(load<u32>(near + (i << 2), nearOrders) >= <u32>(key >> 32))
    }
    left = <u32>kept
  }
  return chosen
}
