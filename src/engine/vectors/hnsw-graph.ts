// A saved index taken apart, so that codes and links can be kept without the vectors beside them, and put together again. The
// format is that of hnsw-file.ts.

import { crc32c } from '../../base/crc32c.ts'
import { demand } from '../checks.ts'
import type { CodedPart } from './coded.ts'
import type { GraphShape } from './coded-layout.ts'
import { rowBytesOf } from './coded-rows.ts'
import type { HnswIndex } from './hnsw.ts'
import { groupIds } from './hnsw-layout.ts'
import { layRows, vectorBytesOf } from './vector-memory.ts'

/** All that the head of a saved index says, and how many ids its blocks have. */
export interface SavedShape extends GraphShape {
  buildBreadth: number
  blockIds: number
}

/** An index in parts: each as CodedIndex holds it, and the vectors row by row without padding. */
interface GraphParts extends Record<CodedPart, Uint8Array> {
  vectors: Float32Array
}

const linksMaxUsual = 16
/** Lists above level 0, and marks. */
const upperBytesMax = 6
const magic = 'ALLUHNSW'
const version = 1
const headBytes = 64
const sectionHeadBytes = 16
/** Words of the head, from byte 8 on. */
const headWords = [
  'version',
  'dim',
  'form',
  'linksMax',
  'buildBreadth',
  'seed',
  'count',
  'linked',
  'entry',
  'topLevel',
] as const
/** As the head numbers them: what a graph compares under `cosine` is what it compares under `l2`. */
const forms = { dot: 1, l2: 2 } as const
export type GraphMetric = keyof typeof forms

export function savedShapeOf(index: HnswIndex): SavedShape {
  const pieces = index.save()
  const head = next(pieces)
  const view = new DataView(head.buffer)
  const word = (name: (typeof headWords)[number]) => view.getUint32(8 + 4 * headWords.indexOf(name), true)
  next(pieces)
  const firstBlock = next(pieces)
  const blockIds = (firstBlock.length - sectionHeadBytes) / idBytesOf(index.dim, word('linksMax'))
  return {
    linksMax: word('linksMax'),
    buildBreadth: word('buildBreadth'),
    seed: word('seed'),
    entry: word('entry'),
    topLevel: word('topLevel'),
    blockIds,
  }
}

/** A part of the index, piece by piece. */
export function* graphPart(index: HnswIndex, part: CodedPart): Generator<Uint8Array> {
  const { dim, count, options } = index
  const idBytes = idBytesOf(dim, options.linksMax)
  const pieces = index.save()
  next(pieces)
  const centre = next(pieces).subarray(sectionHeadBytes)
  if (part === 'centre') return yield centre
  let seen = 0
  for (const piece of pieces) {
    const payload = piece.subarray(sectionHeadBytes)
    if (seen === count) {
      if (part === 'upper') yield payload
      continue
    }
    const used = payload.length / idBytes
    const linksAt = used * rowBytesOf(dim)
    if (part === 'codes') yield payload.subarray(0, linksAt)
    if (part === 'links') yield payload.subarray(linksAt, linksAt + used * linkBytesOf(options.linksMax))
    seen += used
  }
}

/** The index as `HnswIndex.load` takes it. */
export function* joinGraph(
  { dim, metric }: { dim: number; metric: GraphMetric },
  shape: SavedShape,
  parts: GraphParts,
): Generator<Uint8Array> {
  const { linksMax, buildBreadth, seed, entry, topLevel, blockIds } = shape
  const count = parts.vectors.length / dim
  demand(parts.codes.length === count * rowBytesOf(dim), 'a graph of other vectors')
  yield headOf([version, dim, forms[metric], linksMax, buildBreadth, seed, count, count, entry, topLevel])
  yield sectionOf([parts.centre])
  const linkBytes = linkBytesOf(linksMax)
  for (let first = 0; first < count; first += blockIds) {
    const until = Math.min(count, first + blockIds)
    const vectors = parts.vectors.subarray(first * dim, until * dim)
    yield sectionOf([
      parts.codes.subarray(first * rowBytesOf(dim), until * rowBytesOf(dim)),
      parts.links.subarray(first * linkBytes, until * linkBytes),
      paddedRows(vectors, dim),
    ])
  }
  const groupCount = Math.ceil(count / groupIds)
  const groupBytes = parts.upper.length / groupCount
  for (let group = 0; group < groupCount; group++)
    yield sectionOf([parts.upper.subarray(group * groupBytes, (group + 1) * groupBytes)])
}

/** What an index takes of memory for each of its vectors, with links as many as usual. */
export function savedBytesOf(dim: number): number {
  return idBytesOf(dim, linksMaxUsual) + upperBytesMax
}

function idBytesOf(dim: number, linksMax: number): number {
  return rowBytesOf(dim) + linkBytesOf(linksMax) + vectorBytesOf(dim)
}

/** Links of an id on the lowest level. */
function linkBytesOf(linksMax: number): number {
  return 2 * linksMax * 4
}

function headOf(words: readonly number[]): Uint8Array {
  const head = new Uint8Array(headBytes)
  const view = new DataView(head.buffer)
  for (let i = 0; i < magic.length; i++) head[i] = magic.charCodeAt(i)
  for (const [i, word] of words.entries()) view.setUint32(8 + 4 * i, word, true)
  view.setUint32(headBytes - 4, crc32c(head.subarray(0, headBytes - 4)), true)
  return head
}

function sectionOf(parts: readonly Uint8Array[]): Uint8Array {
  const byteCount = parts.reduce((sum, { length }) => sum + length, 0)
  const section = new Uint8Array(sectionHeadBytes + byteCount)
  let at = sectionHeadBytes
  for (const part of parts) {
    section.set(part, at)
    at += part.length
  }
  const head = new DataView(section.buffer)
  head.setUint32(0, byteCount, true)
  head.setUint32(4, crc32c(section.subarray(sectionHeadBytes)), true)
  return section
}

function paddedRows(rows: Float32Array, dim: number): Uint8Array {
  const padded = new Float32Array(((rows.length / dim) * vectorBytesOf(dim)) / 4)
  layRows(padded, rows, dim)
  return new Uint8Array(padded.buffer)
}

function next(pieces: Generator<Uint8Array>): Uint8Array {
  const { value, done } = pieces.next()
  demand(!done, 'a saved index that ends early')
  return value as Uint8Array
}
