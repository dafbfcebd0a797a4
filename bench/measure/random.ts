// Randomness that a seed repeats.

export { seededRandom } from '../../src/base/random.ts'

/** The end of MurmurHash3 (Appleby 2011): scatters 32 bits, one to one. */
export function mix32(value: number): number {
  let mixed = value >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
