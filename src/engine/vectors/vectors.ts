// What vectors have to be before they are measured.

import { BadInput, demand, demandFinite } from '../checks.ts'
import type { Metric } from './vector-index.ts'

/** So that the square of a distance in 4,096 dimensions is still an f32. */
const componentMax = 1e17

/**
 * @param vectors  f32[n × dim]
 * @throws BadInput unless they are whole rows of finite numbers, no larger than a distance can bear, and under `cosine` none
 * of them zero
 */
export function demandVectors(
  name: string,
  vectors: Float32Array,
  { dim, metric }: { dim: number; metric: Metric },
): void {
  demand(vectors instanceof Float32Array, `${name} is no Float32Array`)
  demand(
    vectors.length % dim === 0,
    `${name} has ${vectors.length} components: expected a multiple of ${dim}`,
  )
  demandFinite(name, vectors)
  if (metric === 'cosine') demandDirections(name, vectors, dim)
  else demandBounded(name, vectors)
}

function demandDirections(name: string, vectors: Float32Array, dim: number): void {
  for (let start = 0; start < vectors.length; start += dim) {
    let at = start
    while (at < start + dim && vectors[at] === 0) at++
    if (at === start + dim) throw new BadInput(`${name}, row ${start / dim} is zero: it has no direction`)
  }
}

function demandBounded(name: string, vectors: Float32Array): void {
  for (let i = 0; i < vectors.length; i++) {
    if (Math.abs(vectors[i]!) > componentMax)
      throw new BadInput(`${name}[${i}] is ${vectors[i]}: expected at most ${componentMax} either way`)
  }
}

/** @throws BadInput unless a filter has a bit for each of `count` ids */
export function demandWords(allow: Uint32Array, count: number): void {
  const words = Math.ceil(count / 32)
  demand(allow instanceof Uint32Array, 'allow is no Uint32Array')
  demand(allow.length >= words, `allow has ${allow.length} words: expected ${words} for ${count} vectors`)
}
