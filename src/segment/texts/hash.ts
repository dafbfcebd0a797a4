// What makes two texts one: 64 bits of a hash of their bytes. Two texts of one hash are taken for the same by whoever
// brings the texts of several runs together: among a million texts that happens once in forty million stores.

import { murmur3x128 } from '../../base/murmur3.ts'

const words = new Uint32Array(4)

export function hashText(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
  murmur3x128(bytes, start, end, 0, words)
  return (BigInt(words[1]!) << 32n) | BigInt(words[0]!)
}
