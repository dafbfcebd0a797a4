// Distances as integers that sort: an f32 becomes a u32 of the same order, and with the id below it a u64 key, so that one
// comparison decides and equal distances stand in the order of their ids.
//
//   key   63 … 32: order of the distance | 31 … 1: id | 0: mark, for whoever keeps the keys
//
// Keys stand in a sorted pool, where the best few are looked at again and again, or in a heap, where many come and go.

/** A smaller distance is a smaller u32. */
function orderOf(distance: f32): u32 {
  const bits = reinterpret<u32>(distance)
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000)
}

export function distanceOf(order: u32): f32 {
  return reinterpret<f32>(order ^ (<u32>~(<i32>order >> 31) | 0x80000000))
}

export function keyOf(distance: f32, id: u32): u64 {
  return ((<u64>orderOf(distance)) << 32) | ((<u64>id) << 1)
}

export function idOf(key: u64): u32 {
  return <u32>key >> 1
}

export function keyAt(keys: usize, at: u32): u64 {
  return load<u64>(keys + ((<usize>at) << 3))
}

/** Where `mergeSorted` keeps its incoming keys once they are sorted, and their places, in bytes from `incoming`. */
const sortedStart: usize = 2112
const placesStart: usize = 4224

/**
 * Puts keys where they belong in a rising pool, from the last to the first, so that what is in the pool moves once however
 * many come. What no longer fits falls out.
 *
 * @param pool      u64[countMax], `count` of them in use
 * @param incoming  u64[incomingCount] in any order, up to 264, at the start of a region of 5,376 bytes
 * @returns the least place that changed
 */
export function mergeSorted(
  pool: usize,
  count: u32,
  countMax: u32,
  incoming: usize,
  incomingCount: u32,
): u32 {
  // every key looks for its place by itself, so that the machine does it for many at once
  for (let i: u32 = 0; i < incomingCount; i++) {
    const key = keyAt(incoming, i)
    let rank: usize = 0
    for (let j: u32 = 0; j < incomingCount; j++) rank += <usize>(keyAt(incoming, j) < key)
    store<u64>(incoming + (rank << 3), key, sortedStart)
    store<u32>(incoming + (rank << 2), lowerBound(pool, count, key), placesStart)
  }
  let kept = count
  let coming = incomingCount
  while (kept + coming > countMax) {
    if (load<u32>(incoming + ((<usize>(coming - 1)) << 2), placesStart) >= kept) coming--
    else kept--
  }
  while (coming > 0) {
    coming--
    const place = load<u32>(incoming + ((<usize>coming) << 2), placesStart)
    moveUp(pool + ((<usize>place) << 3), pool + ((<usize>kept) << 3), (<usize>coming + 1) << 3)
    store<u64>(
      pool + ((<usize>(place + coming)) << 3),
      load<u64>(incoming + ((<usize>coming) << 3), sortedStart),
    )
    kept = place
  }
  return kept
}

/** How many keys of a rising pool are before `key`: without a branch that could be guessed wrong. */
function lowerBound(pool: usize, count: u32, key: u64): u32 {
  let at = pool
  let left = <usize>count
  while (left > 0) {
    const half = left >> 1
    const middle = at + (half << 3)
    const isBefore = load<u64>(middle) < key
    at = select<usize>(middle + 8, at, isBefore)
    left = select<usize>(left - half - 1, half, isBefore)
  }
  return <u32>((at - pool) >> 3)
}

/** Moves the keys of `from` until `end` up by `distance` bytes, the last ones first. */
function moveUp(from: usize, end: usize, distance: usize): void {
  while (end >= from + 64) {
    end -= 64
    const part0 = v128.load(end)
    const part1 = v128.load(end, 16)
    const part2 = v128.load(end, 32)
    const part3 = v128.load(end, 48)
    v128.store(end + distance, part0)
    v128.store(end + distance, part1, 16)
    v128.store(end + distance, part2, 32)
    v128.store(end + distance, part3, 48)
  }
  while (end > from) {
    end -= 8
    store<u64>(end + distance, load<u64>(end))
  }
}

/** Puts one key where it belongs in a rising pool, of which the last falls out where it is full. @returns how many are in use now */
export function insertSorted(pool: usize, count: u32, countMax: u32, key: u64): u32 {
  const kept = count == countMax ? count - 1 : count
  const at = lowerBound(pool, kept, key)
  moveUp(pool + ((<usize>at) << 3), pool + ((<usize>kept) << 3), 8)
  setKey(pool, at, key)
  return kept + 1
}

/** Puts a key into a heap whose largest stands first. @param heap  u64[count], with room for one more */
export function pushLargest(heap: usize, count: u32, key: u64): void {
  let at = count
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = keyAt(heap, parent)
    if (above >= key) break
    setKey(heap, at, above)
    at = parent
  }
  setKey(heap, at, key)
}

/** Puts a key in the place of the largest. */
export function replaceLargest(heap: usize, count: u32, key: u64): void {
  let at: u32 = 0
  while (true) {
    let child: u32 = 2 * at + 1
    if (child >= count) break
    if (child + 1 < count && keyAt(heap, child + 1) > keyAt(heap, child)) child++
    const below = keyAt(heap, child)
    if (below <= key) break
    setKey(heap, at, below)
    at = child
  }
  setKey(heap, at, key)
}

/** Takes the largest out. @returns how many are left */
export function popLargest(heap: usize, count: u32): u32 {
  replaceLargest(heap, count - 1, keyAt(heap, count - 1))
  return count - 1
}

/** Makes a heap into a rising pool (Williams 1964). */
export function sortHeap(heap: usize, count: u32): void {
  for (let left = count; left > 1; ) {
    const largest = keyAt(heap, 0)
    left = popLargest(heap, left)
    setKey(heap, left, largest)
  }
}

function setKey(keys: usize, at: u32, key: u64): void {
  store<u64>(keys + ((<usize>at) << 3), key)
}
