// A priority queue of nodes, least key first, in which a key can fall: a 4-ary heap that knows where each node stands.
// Four children share a cache line. Nodes of one key leave in the order of their numbers, so that nothing depends on how
// the heap came to be.
//
//   entries    count × { f64 key, u32 node, u32 unused }
//   positions  u32[nodeCount], where a node stands plus 1; 0 for a node that is not in the heap

import { setWord, word } from './words'

/** How many bytes an entry takes. */
const entryShift: usize = 4

/** Puts `node` in, or lets its key fall to `key`. @returns how many are in the heap now */
export function push(entries: usize, positions: usize, count: u32, node: u32, key: f64): u32 {
  const position = word(positions, node)
  const grown = position == 0 ? count + 1 : count
  rise(entries, positions, position == 0 ? count : position - 1, node, key)
  return grown
}

export function leastNode(entries: usize): u32 {
  return load<u32>(entries, 8)
}

/** Takes the least out. @returns how many are left */
export function pop(entries: usize, positions: usize, count: u32): u32 {
  setWord(positions, leastNode(entries), 0)
  const left = count - 1
  if (left > 0) {
    const last = entryAt(entries, left)
    sink(entries, positions, left, load<u32>(last, 8), load<f64>(last))
  }
  return left
}

function rise(entries: usize, positions: usize, from: u32, node: u32, key: f64): void {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 2
    const entry = entryAt(entries, parent)
    if (!isBefore(key, node, load<f64>(entry), load<u32>(entry, 8))) break
    place(entries, positions, at, load<u32>(entry, 8), load<f64>(entry))
    at = parent
  }
  place(entries, positions, at, node, key)
}

/** Finds the place of an entry from the top down, in a heap of `count`. */
function sink(entries: usize, positions: usize, count: u32, node: u32, key: f64): void {
  let at: u32 = 0
  while (true) {
    const firstChild = (at << 2) + 1
    if (firstChild >= count) break
    const childEnd = min(firstChild + 4, count)
    let least = firstChild
    let entry = entryAt(entries, firstChild)
    for (let child = firstChild + 1; child < childEnd; child++) {
      const other = entryAt(entries, child)
      if (isBefore(load<f64>(other), load<u32>(other, 8), load<f64>(entry), load<u32>(entry, 8))) {
        least = child
        entry = other
      }
    }
    if (!isBefore(load<f64>(entry), load<u32>(entry, 8), key, node)) break
    place(entries, positions, at, load<u32>(entry, 8), load<f64>(entry))
    at = least
  }
  place(entries, positions, at, node, key)
}

function place(entries: usize, positions: usize, at: u32, node: u32, key: f64): void {
  const entry = entryAt(entries, at)
  store<f64>(entry, key)
  store<u32>(entry, node, 8)
  setWord(positions, node, at + 1)
}

function entryAt(entries: usize, at: u32): usize {
  return entries + ((<usize>at) << entryShift)
}

function isBefore(key: f64, node: u32, otherKey: f64, otherNode: u32): bool {
  return key < otherKey || (key == otherKey && node < otherNode)
}
