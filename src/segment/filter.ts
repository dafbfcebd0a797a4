// A split block Bloom filter (Putze, Sanders, Singler 2007; the one of the Parquet format): one cache line a question.
// At 15 bits a key about 1 of 500 absent keys is taken for present.

const WORDS_PER_BLOCK = 8
const BITS_PER_KEY = 15
const SALTS = Int32Array.of(
  0x47b6137b,
  0x44974d91,
  0x8824ad5b,
  0xa2b7289d,
  0x705495c7,
  0x2df1424b,
  0x9efc4947,
  0x5c6bfb31,
)

export type Filter = Uint32Array

export function createFilter(keyCount: number): Filter {
  const blockCount = Math.max(1, Math.ceil((keyCount * BITS_PER_KEY) / (WORDS_PER_BLOCK * 32)))
  return new Uint32Array(blockCount * WORDS_PER_BLOCK)
}

/** @param high,low  two independent u32 of the key's hash */
export function addToFilter(filter: Filter, high: number, low: number): void {
  const block = blockOf(filter, high)
  for (let i = 0; i < WORDS_PER_BLOCK; i++) filter[block + i]! |= 1 << (Math.imul(low, SALTS[i]!) >>> 27)
}

/** @returns false only when the key was never added */
export function maybeInFilter(filter: Filter, high: number, low: number): boolean {
  const block = blockOf(filter, high)
  for (let i = 0; i < WORDS_PER_BLOCK; i++) {
    if (!((filter[block + i]! >>> (Math.imul(low, SALTS[i]!) >>> 27)) & 1)) return false
  }
  return true
}

function blockOf(filter: Filter, high: number): number {
  return Math.floor(((high >>> 0) * (filter.length / WORDS_PER_BLOCK)) / 2 ** 32) * WORDS_PER_BLOCK
}
