// The part that holds the vectors of a run in one space: rows of f32 as they came, for those who measure, and codes, which are
// what is kept in memory; with many rows also a graph. A part of a space holds that space alone: another embedder's vectors
// of the same texts are another part.
//
//   head     { space, dims, metric, texts, graph? }                   the directory's: src/segment/sections.ts
//   filled   u32[⌈texts / 32⌉]     bits of the texts that have a vector; a row is one of those, in their order
//   vectors  f32[rows × dims]
//   centre   f32[codeBytes]
//   codes    u8[rows × rowBytes]   rows as in wasm/vectors/hnsw-index.ts
//   links    u8[rows × 8 linksMax], upper u8[…]                       where there is a graph
//
// Bounds: 4,096 dims; rows and texts below 2^31.

import { centreOf, centreRows, RowCoder } from '../../engine/vectors/coded-rows.ts'
import type { HnswIndex } from '../../engine/vectors/hnsw.ts'
import { graphPart, type SavedShape, savedShapeOf } from '../../engine/vectors/hnsw-graph.ts'
import type { VectorMemory } from '../../engine/vectors/vector-memory.ts'
import { SectionWriter } from '../sections.ts'
import type { FilledTexts } from './filled-texts.ts'
import type { Space } from './run.ts'

export interface VectorsHead {
  space: string
  dims: number
  metric: Space['metric']
  texts: number
  graph?: GraphHead
}

interface GraphHead {
  links_max: number
  build_breadth: number
  seed: number
  entry: number
  top_level: number
  block_ids: number
}

interface VectorRows {
  space: Space
  filled: FilledTexts
  /** f32[(until − from) × dims] */
  rowsOf(from: number, until: number): Float32Array
}

/** Without a graph, which takes seconds where this takes milliseconds: a merge makes it. */
export function writeVectors({ space, filled, rowsOf }: VectorRows, memory: VectorMemory): Uint8Array[] {
  const writer = new SectionWriter()
  const { rowCount } = filled
  const centre = centreOf(rowsOf(0, Math.min(centreRows, rowCount)), space.dims)
  const coder = new RowCoder(memory, { dim: space.dims, metric: space.metric, centre })
  const vectors: Uint8Array[] = []
  const codes: Uint8Array[] = []
  for (let from = 0; from < rowCount; from += coder.rowsMax) {
    const rows = rowsOf(from, Math.min(rowCount, from + coder.rowsMax))
    vectors.push(bytesOf(rows))
    codes.push(coder.encode(rows))
  }
  return [
    writer.begin(),
    ...writer.section('filled', 'u32', filled.words()),
    ...writer.streamed('vectors', 'f32', vectors),
    ...writer.section('centre', 'f32', centre),
    ...writer.streamed('codes', 'u8', codes),
    writer.finish({ ...headOf(space, filled) }),
  ]
}

/** What follows the vectors where there is a graph, piece by piece. */
export function* graphSections(writer: SectionWriter, index: HnswIndex): Generator<Uint8Array> {
  const sections = [
    ['centre', 'f32'],
    ['codes', 'u8'],
    ['links', 'u8'],
    ['upper', 'u8'],
  ] as const
  for (const [name, element] of sections) {
    let byteCount = 0
    for (const piece of graphPart(index, name)) {
      byteCount += piece.length
      yield piece
    }
    yield writer.end(name, element, byteCount)
  }
}

export function headOf(space: Space, filled: FilledTexts, index?: HnswIndex): VectorsHead {
  const { id, dims, metric } = space
  const head = { space: id, dims, metric, texts: filled.textCount }
  return index ? { ...head, graph: graphHeadOf(savedShapeOf(index)) } : head
}

export function savedShapeIn(graph: GraphHead): SavedShape {
  return {
    linksMax: graph.links_max,
    buildBreadth: graph.build_breadth,
    seed: graph.seed,
    entry: graph.entry,
    topLevel: graph.top_level,
    blockIds: graph.block_ids,
  }
}

export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function graphHeadOf(shape: SavedShape): GraphHead {
  return {
    links_max: shape.linksMax,
    build_breadth: shape.buildBreadth,
    seed: shape.seed,
    entry: shape.entry,
    top_level: shape.topLevel,
    block_ids: shape.blockIds,
  }
}
