// A column of texts: a dictionary while values repeat, and plain values, back to back, where they don't.

import { bytesOf, CELL_BYTES, cellAt, rowOf, startOf } from './cells'

/** Slots of the hash table: four for each value that a dictionary can have. */
const SLOTS: u32 = 32_768
const DISTINCT_MAX: u32 = 8192
/** Values after which a column that hardly repeats is left plain. */
const TRIAL: u32 = 1024
/** So few values go into a dictionary whether they repeat or not. */
const FEW: u32 = 16
/** A longer way to a free slot means values made to collide; they get no dictionary. */
const PROBES_MAX: u32 = 64

/** Bytes that `columnsDictionary` needs at `slots`. */
export function columnsSlotsBytes(): u32 {
  return SLOTS << 2
}

/** The most values that a dictionary has. */
export function columnsDistinctMax(): u32 {
  return DISTINCT_MAX
}

/**
 * Numbers the distinct values in the order in which they first appear.
 *
 * @param slots    columnsSlotsBytes bytes, anything in them
 * @param firsts   u32[columnsDistinctMax]: for each distinct value the first cell that has it
 * @param indices  i32 a row from rowFirst on, zeros: the number of its value
 * @returns how many are distinct; -1 when they repeat too little for a dictionary to pay
 */
export function columnsDictionary(
  cells: usize,
  count: u32,
  rowFirst: u32,
  slots: usize,
  firsts: usize,
  indices: usize,
): i32 {
  memory.fill(slots, 0xff, (<usize>SLOTS) << 2)
  let distinct: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const cell = cellAt(cells, i)
    const at = startOf(cell)
    const bytes = bytesOf(cell)
    let slot = hash(at, bytes) & (SLOTS - 1)
    let index = load<u32>(slots + ((<usize>slot) << 2))
    let probes: u32 = 0
    while (index !== u32.MAX_VALUE) {
      const first = cellAt(cells, load<u32>(firsts + ((<usize>index) << 2)))
      if (bytesOf(first) === bytes && isSame(startOf(first), at, bytes)) break
      if (++probes > PROBES_MAX) return -1
      slot = (slot + 1) & (SLOTS - 1)
      index = load<u32>(slots + ((<usize>slot) << 2))
    }
    if (index === u32.MAX_VALUE) {
      if (distinct === DISTINCT_MAX) return -1
      index = distinct++
      store<u32>(slots + ((<usize>slot) << 2), index)
      store<u32>(firsts + ((<usize>index) << 2), i)
      if (i >= TRIAL && distinct * 2 > i + 1) return -1
    }
    store<u32>(indices + ((<usize>(rowOf(cell) - rowFirst)) << 2), index)
  }
  return count <= FEW || distinct * 2 <= count ? <i32>distinct : -1
}

/** Bytes of the distinct values. */
export function columnsDistinctBytes(cells: usize, firsts: usize, distinct: u32): u32 {
  let total: u32 = 0
  for (let i: u32 = 0; i < distinct; i++)
    total += <u32>bytesOf(cellAt(cells, load<u32>(firsts + ((<usize>i) << 2))))
  return total
}

/** @param offsets  i32[distinct + 1]. @param data  columnsDistinctBytes bytes */
export function columnsDistinct(
  cells: usize,
  firsts: usize,
  distinct: u32,
  offsets: usize,
  data: usize,
): void {
  const start = data
  for (let i: u32 = 0; i < distinct; i++) {
    store<u32>(offsets + ((<usize>i) << 2), <u32>(data - start))
    data += copy(cellAt(cells, load<u32>(firsts + ((<usize>i) << 2))), data)
  }
  store<u32>(offsets + ((<usize>distinct) << 2), <u32>(data - start))
}

/** @param offsets  i32[rowCount + 1]; a row without a value is empty. @param data  room for all bytes of the cells */
export function columnsPlain(
  cells: usize,
  count: u32,
  rowFirst: u32,
  rowCount: u32,
  offsets: usize,
  data: usize,
): void {
  const start = data
  const end = cellAt(cells, count)
  let row: u32 = 0
  for (let cell = cells; cell < end; cell += CELL_BYTES) {
    for (const until = rowOf(cell) - rowFirst; row <= until; row++)
      store<u32>(offsets + ((<usize>row) << 2), <u32>(data - start))
    data += copy(cell, data)
  }
  for (; row <= rowCount; row++) store<u32>(offsets + ((<usize>row) << 2), <u32>(data - start))
}

/** Most values are short: a loop of words beats the call that a bulk copy costs. May write up to 7 bytes more. */
function copy(cell: usize, to: usize): usize {
  const from = startOf(cell)
  const bytes = bytesOf(cell)
  if (bytes > 64) memory.copy(to, from, bytes)
  else for (let i: usize = 0; i < bytes; i += 8) store<u64>(to + i, load<u64>(from + i))
  return bytes
}

function isSame(a: usize, b: usize, bytes: usize): bool {
  let i: usize = 0
  for (; i + 8 <= bytes; i += 8) if (load<u64>(a + i) !== load<u64>(b + i)) return false
  const rest = bytes - i
  return rest === 0 || (load<u64>(a + i) ^ load<u64>(b + i)) << ((8 - rest) << 3) === 0
}

/** A multiply and a fold for every eight bytes, as in MUM hashing (Makarov 2016), with MurmurHash3's finish (Appleby). */
function hash(at: usize, bytes: usize): u32 {
  let h: u64 = <u64>bytes * 0x9e3779b97f4a7c15
  let i: usize = 0
  for (; i + 8 <= bytes; i += 8) h = mix(h ^ load<u64>(at + i))
  const rest = bytes - i
  if (rest > 0) h = mix(h ^ (load<u64>(at + i) << ((8 - rest) << 3)))
  h ^= h >>> 32
  return <u32>h
}

function mix(h: u64): u64 {
  h *= 0xff51afd7ed558ccd
  return h ^ (h >>> 29)
}
