// Sets of whole numbers as bits of u32 words: number 33 is bit 1 of word 1.

export type Bits = Uint32Array

export function createBits(count: number): Bits {
  return new Uint32Array((count + 31) >>> 5)
}

export function addBit(bits: Bits, number: number): void {
  bits[number >>> 5]! |= 1 << (number & 31)
}

/** What lies beyond the words is not in the set. */
export function hasBit(bits: Bits, number: number): boolean {
  return number >= 0 && ((bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0
}

export function isEmpty(bits: Bits): boolean {
  return bits.every(word => word === 0)
}
