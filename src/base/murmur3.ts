// MurmurHash3 x86_128 (Appleby 2011), read from bytes. Seeded per store, so that nobody outside can aim at a collision.

/** Four 32-bit words of a hash, filled in place so that hashing allocates nothing. */
export type Hash128 = Uint32Array

/**
 * @param bytes  u8[]; the slice [start, end) is hashed
 * @param seed   u32
 * @param out    u32[4], overwritten
 */
export function murmur3x128(bytes: Uint8Array, start: number, end: number, seed: number, out: Hash128): void {
  const byteCount = end - start
  let h1 = seed | 0
  let h2 = seed | 0
  let h3 = seed | 0
  let h4 = seed | 0
  const blocksEnd = end - (byteCount & 15)
  let i = start
  for (; i < blocksEnd; i += 16) {
    h1 = mix(h1 ^ scramble(word(bytes, i), C1, 15, C2), 19, h2, 0x561ccd1b)
    h2 = mix(h2 ^ scramble(word(bytes, i + 4), C2, 16, C3), 17, h3, 0x0bcaa747)
    h3 = mix(h3 ^ scramble(word(bytes, i + 8), C3, 17, C4), 15, h4, 0x96cd1c35)
    h4 = mix(h4 ^ scramble(word(bytes, i + 12), C4, 18, C1), 13, h1, 0x32ac3b17)
  }
  TAIL.fill(0)
  for (let at = 0; i + at < end; at++) TAIL[at >> 2]! |= bytes[i + at]! << ((at & 3) * 8)
  h4 ^= scramble(TAIL[3]!, C4, 18, C1)
  h3 ^= scramble(TAIL[2]!, C3, 17, C4)
  h2 ^= scramble(TAIL[1]!, C2, 16, C3)
  h1 ^= scramble(TAIL[0]!, C1, 15, C2)

  out[0] = h1 ^ byteCount
  out[1] = h2 ^ byteCount
  out[2] = h3 ^ byteCount
  out[3] = h4 ^ byteCount
  blend(out)
  for (let at = 0; at < 4; at++) out[at] = finish(out[at]!)
  blend(out)
}

const TAIL = new Int32Array(4)
const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function scramble(k: number, first: number, bits: number, second: number): number {
  return Math.imul(rotate(Math.imul(k, first), bits), second)
}

function mix(h: number, bits: number, next: number, add: number): number {
  return (Math.imul((rotate(h, bits) + next) | 0, 5) + add) | 0
}

function blend(out: Hash128): void {
  out[0] = out[0]! + out[1]! + out[2]! + out[3]!
  for (let at = 1; at < 4; at++) out[at] = out[at]! + out[0]!
}

function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
