// Vectors for tests: clusters, where neighbours are near and most others far, and noise, where nobody is near anybody.

import { seededRandom } from '../../../src/base/random.ts'

export interface Clouds {
  count: number
  dim: number
  seed: number
  /** 0: noise without clusters */
  clusters?: number
  /** how far a cluster's vectors lie apart, its centres being about 1 apart in each component */
  width?: number
  offset?: number
  scale?: number
}

/** @returns f32[count × dim]; row i is of cluster i mod clusters */
export function clouds({
  count,
  dim,
  seed,
  clusters = 20,
  width = 0.4,
  offset = 0,
  scale = 1,
}: Clouds): Float32Array {
  const normal = normalRandom(seed)
  const centres = Float32Array.from({ length: clusters * dim }, normal)
  const spread = clusters === 0 ? 1 : width
  return Float32Array.from({ length: count * dim }, (_, i) => {
    const cluster = clusters === 0 ? 0 : Math.floor(i / dim) % clusters
    const centre = clusters === 0 ? 0 : centres[cluster * dim + (i % dim)]!
    return offset + scale * (centre + spread * normal())
  })
}

/** Box and Muller 1958. */
function normalRandom(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Bits of ids: those that `isAllowed`. */
export function allowing(count: number, isAllowed: (id: number) => boolean): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 32))
  for (let id = 0; id < count; id++) if (isAllowed(id)) words[id >> 5]! |= 1 << (id & 31)
  return words
}
