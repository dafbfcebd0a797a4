// Chance without state: what is true of the n-th member is told from the seed and n, whenever it is asked, so that a
// million members take no memory.

/** The end of MurmurHash3 (Appleby 2011): scatters 32 bits, one to one. */
export function mix32(value: number): number {
  let mixed = value >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * @param about  what is asked, so that two questions about one number have independent answers
 * @returns u32; for one seed and question, no two numbers below 2^32 have the same
 */
export function scattered(seed: number, about: string, number: number): number {
  return mix32(number ^ saltOf(seed, about))
}

/** @returns 0 ≤ x < 1 */
export function chanceOf(seed: number, about: string, number: number): number {
  return mix32(scattered(seed, about, number) + 0x9e3779b9) / 2 ** 32
}

export function pickOf<T>(list: readonly T[], chance: number): T {
  return list[Math.floor(chance * list.length)]!
}

function saltOf(seed: number, about: string): number {
  let salt = mix32(seed + 0x51ed270b)
  for (let i = 0; i < about.length; i++) salt = Math.imul(salt ^ about.charCodeAt(i), 0x01000193)
  return mix32(salt)
}
