// Runs of vectors for tests, and what is near in them as plainly as it can be had: every told distance by the order of sums
// that is promised, each step rounded to f32, then a sort.

import { seededRandom } from '../../../src/base/random.ts'
import type { Part } from '../../../src/contract/segment.ts'
import type { Metric } from '../../../src/engine/vectors/vector-index.ts'
import type { ObjectStore } from '../../../src/ports/object-store.ts'
import { type CheckedFile, checksumBlocks, openChecked } from '../../../src/segment/checked.ts'
import type { NearestOptions, TextHits } from '../../../src/segment/vectors/run.ts'
import { clouds } from '../../engine/vectors/vectors.ts'

export interface Texts {
  dims: number
  metric: Metric
  /** f32[texts × dims] */
  vectors: Float32Array
  /** u8[texts] */
  empty: Uint8Array
}

export interface TextsOptions {
  count: number
  dims: number
  metric: Metric
  seed: number
  /** the share of texts without a vector */
  emptyShare?: number
  /** vectors that others repeat, so that distances are equal */
  twinShare?: number
}

export function textsOf({ count, dims, metric, seed, emptyShare = 0, twinShare = 0 }: TextsOptions): Texts {
  const random = seededRandom(seed)
  const vectors = clouds({ count, dim: dims, seed, clusters: 20, width: 0.5 })
  const empty = new Uint8Array(count)
  for (let text = 0; text < count; text++) {
    const row = vectors.subarray(text * dims, (text + 1) * dims)
    if (text > 0 && random() < twinShare) {
      const twin = Math.floor(random() * text)
      row.set(vectors.subarray(twin * dims, (twin + 1) * dims))
    }
    if (metric === 'cosine') toUnit(row)
  }
  for (let text = 0; text < count; text++) {
    if (random() >= emptyShare) continue
    empty[text] = 1
    vectors.fill(0, text * dims, (text + 1) * dims)
  }
  return { dims, metric, vectors, empty }
}

/** Something near a text, or near nothing where that text has no vector. */
export function queryOf(texts: Texts, seed: number): Float32Array {
  const query = clouds({ count: 1, dim: texts.dims, seed: seed + 1000, clusters: 0 })
  const near = Math.floor(seededRandom(seed)() * (texts.vectors.length / texts.dims))
  const row = texts.vectors.subarray(near * texts.dims, (near + 1) * texts.dims)
  const share = (0.7 * (lengthOf(row) || 1)) / lengthOf(query)
  for (let i = 0; i < query.length; i++) query[i] = row[i]! + share * query[i]!
  return texts.metric === 'cosine' ? toUnit(query) : query
}

export function sliceOf({ vectors, empty, dims, metric }: Texts, from: number, until: number): Texts {
  return {
    dims,
    metric,
    vectors: vectors.slice(from * dims, until * dims),
    empty: empty.slice(from, until),
  }
}

/** Brute force. */
export function nearestTwin(
  { dims, metric, vectors, empty }: Texts,
  query: Float32Array,
  { k = 10, allow, textUntil = Infinity }: NearestOptions = {},
): TextHits {
  const found: { text: number; distance: number }[] = []
  for (let text = 0; text < Math.min(empty.length, textUntil); text++) {
    if (empty[text] === 1) continue
    if (allow && ((allow[text >> 5]! >> (text & 31)) & 1) === 0) continue
    found.push({
      text,
      distance: toldDistance(metric, vectors.subarray(text * dims, (text + 1) * dims), query),
    })
  }
  found.sort((a, b) => a.distance - b.distance || a.text - b.text)
  const best = found.slice(0, k)
  return {
    texts: Uint32Array.from(best, ({ text }) => text),
    distances: Float32Array.from(best, ({ distance }) => distance),
  }
}

/** The distance that is promised, to the last bit. */
export function toldDistance(metric: Metric, row: Float32Array, query: Float32Array): number {
  const f = Math.fround
  const lanes = new Float32Array(16)
  const padded = Math.ceil(row.length / 4) * 4
  const whole = Math.floor(padded / 16) * 16
  for (let i = 0; i < row.length; i++) {
    const lane = i < whole ? i % 16 : i % 4
    const difference = f(row[i]! - query[i]!)
    const term = metric === 'l2' ? f(difference * difference) : f(row[i]! * query[i]!)
    lanes[lane] = f(lanes[lane]! + term)
  }
  const four = [0, 1, 2, 3].map(l => f(f(lanes[l]! + lanes[4 + l]!) + f(lanes[8 + l]! + lanes[12 + l]!)))
  const sum = f(f(four[0]! + four[1]!) + f(four[2]! + four[3]!))
  if (metric === 'dot') return -sum
  return metric === 'l2' ? f(Math.sqrt(sum)) : Math.max(0, f(1 - sum))
}

/** Bits of which each is set by chance. */
export function randomBits(count: number, share: number, seed: number): Uint32Array {
  const random = seededRandom(seed)
  const words = new Uint32Array(Math.ceil(count / 32))
  for (let at = 0; at < count; at++) if (random() < share) words[at >> 5]! |= 1 << (at & 31)
  return words
}

/** A part as it is read from a store, and how many bytes were read of it. */
export function fileOf(pieces: readonly Uint8Array[]): CheckedFile & { readBytes: () => number } {
  const bytes = joined(pieces)
  const part: Pick<Part, 'key' | 'bytes' | 'crc32c'> = {
    key: 'vectors',
    bytes: bytes.length,
    crc32c: checksumBlocks([bytes]),
  }
  let readBytes = 0
  const getRange = async (_key: string, start: number, end: number) => {
    readBytes += end - start
    return bytes.slice(start, end)
  }
  const file = openChecked({ getRange } as unknown as ObjectStore, part)
  return { ...file, readBytes: () => readBytes }
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

export async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

export function lengthOf(row: Float32Array): number {
  return Math.sqrt(row.reduce((sum, component) => sum + component * component, 0))
}

function toUnit(row: Float32Array): Float32Array {
  const factor = 1 / lengthOf(row)
  for (let i = 0; i < row.length; i++) row[i]! *= factor
  return row
}
