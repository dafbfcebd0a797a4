// The order of identities in an `ids` part: rising by h0, h1, h2, h3 and doc.

export const entryWords = 5

/** @param entries  u32[n × entryWords], in any order. @returns the same entries, rising */
export function sortEntries(entries: Uint32Array): Uint32Array {
  const order = orderByFirstWord(entries)
  settleTies(entries, order)
  const sorted = new Uint32Array(entries.length)
  for (let i = 0; i < order.length; i++) copyEntry(entries, order[i]! * entryWords, sorted, i * entryWords)
  return sorted
}

/** Does the entry at word `leftAt` come before the one at `rightAt`? */
export function isBefore(left: Uint32Array, leftAt: number, right: Uint32Array, rightAt: number): boolean {
  return compareEntries(left, leftAt, right, rightAt) < 0
}

export function copyEntry(from: Uint32Array, fromAt: number, to: Uint32Array, toAt: number): void {
  for (let word = 0; word < entryWords; word++) to[toAt + word] = from[fromAt + word]!
}

function compareEntries(left: Uint32Array, leftAt: number, right: Uint32Array, rightAt: number): number {
  for (let word = 0; word < entryWords; word++) {
    const difference = left[leftAt + word]! - right[rightAt + word]!
    if (difference !== 0) return difference
  }
  return 0
}

/** Entry numbers, rising by h0: a radix sort by its digits of 11 bits, the least significant first. */
function orderByFirstWord(entries: Uint32Array): Uint32Array {
  const entryCount = entries.length / entryWords
  let order = Uint32Array.from({ length: entryCount }, (_, i) => i)
  let sorted = new Uint32Array(entryCount)
  for (const shift of [0, 11, 22]) {
    const ends = new Uint32Array(2049)
    for (let i = 0; i < entryCount; i++) ends[((entries[i * entryWords]! >>> shift) & 2047) + 1]!++
    for (let digit = 0; digit < 2048; digit++) ends[digit + 1]! += ends[digit]!
    for (let i = 0; i < entryCount; i++) {
      const entry = order[i]!
      sorted[ends[(entries[entry * entryWords]! >>> shift) & 2047]!++] = entry
    }
    ;[order, sorted] = [sorted, order]
  }
  return order
}

/** Entries of equal h0 lie together now. There may be many: one event id that thousands of sources share. */
function settleTies(entries: Uint32Array, order: Uint32Array): void {
  for (let first = 0; first < order.length; ) {
    const h0 = entries[order[first]! * entryWords]!
    let end = first + 1
    while (end < order.length && entries[order[end]! * entryWords] === h0) end++
    if (end > first + 1) {
      order
        .subarray(first, end)
        .sort((left, right) => compareEntries(entries, left * entryWords, entries, right * entryWords))
    }
    first = end
  }
}
