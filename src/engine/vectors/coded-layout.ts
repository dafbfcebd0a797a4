// Where a coded index lies: in one extent, with the head that wasm/vectors/hnsw-index.ts names and a single block.
//
//   head | level tables | centre | allowed ids | visited | codes, row by row | links | lists above level 0

import type { Region } from '../arena.ts'
import { codeBytesOf, rowBytesOf } from './coded-rows.ts'
import { groupIds, writeHead } from './hnsw-layout.ts'
import type { Metric } from './vector-index.ts'
import { headBytes, heapMax, metrics, type VectorMemory, vectorBytesOf } from './vector-memory.ts'

export interface GraphShape {
  linksMax: number
  seed: number
  entry: number
  topLevel: number
}

export interface CodedShape {
  dim: number
  metric: Metric
  count: number
  /** none: every search is a scan */
  graph?: GraphShape
}

/** All ids lie in one block: their bits above this one choose it. */
const blockShift = 31
/** A row's second cache line is loaded before anybody knows whether the row has one. */
const overreachBytes = 128
const levelsBytes = 64
/** So that the tables of levels can be filled in where there are none. */
const linksMaxUnused = 16

const regionNames = [
  'head',
  'levelCounts',
  'levelStarts',
  'centre',
  'allow',
  'visited',
  'codes',
  'links',
  'upper',
] as const

export type CodedRegions = Record<(typeof regionNames)[number], Region>

export interface CodedLayout {
  extent: Region
  regions: CodedRegions
}

/**
 * Takes an extent and readies its head. Codes, links and centre are as they happen to be.
 *
 * @throws OutOfMemory when there is no extent for it
 */
export function takeCoded(memory: VectorMemory, shape: CodedShape): CodedLayout {
  const sizes = sizesOf(memory, shape)
  const extent = memory.extents.take('coded index', totalOf(sizes))
  const regions = regionsIn(extent.at, sizes)
  memory.arena.u8(regions.head).fill(0)
  memory.arena.u8(regions.visited).fill(0)
  fillHead(memory, shape, regions)
  memory.call.hnswStart(regions.head.at)
  return { extent, regions }
}

/** What a coded index takes of memory. */
export function codedBytesOf(memory: VectorMemory, shape: CodedShape): number {
  return totalOf(sizesOf(memory, shape))
}

function fillHead(memory: VectorMemory, shape: CodedShape, regions: CodedRegions): void {
  const { dim, metric, count, graph } = shape
  const { scratch, arena } = memory
  const { head, levelCounts, levelStarts, centre, visited, codes, links, upper } = regions
  const fields = {
    dim,
    form: metrics.indexOf(metric),
    codeBytes: codeBytesOf(dim),
    rowBytes: rowBytesOf(dim),
    vectorBytes: vectorBytesOf(dim),
    blockShift,
    linksStart: links.at - codes.at,
    blocks: codes.at,
    upper: upper.at,
    visited: visited.at,
    pool: scratch.pool.at,
    heap: scratch.heap.at,
    heapMax,
    near: scratch.near.at,
    choices: scratch.choices.at,
    centre: centre.at,
    query: scratch.query.at,
    queryRow: scratch.queryRow.at,
    queryProbe: scratch.queryProbe.at,
    shifted: scratch.shifted.at,
    levelCounts: levelCounts.at,
    levelStarts: levelStarts.at,
    linksMax: graph?.linksMax ?? linksMaxUnused,
    seed: graph?.seed ?? 0,
    entry: graph?.entry ?? 0,
    topLevel: graph?.topLevel ?? 0,
    count,
    linked: graph ? count : 0,
  }
  for (const [field, value] of Object.entries(fields))
    writeHead(arena, head, field as keyof typeof fields, value)
}

type Sizes = Record<(typeof regionNames)[number], number>

function sizesOf(memory: VectorMemory, { dim, count, graph }: CodedShape): Sizes {
  const groups = graph ? Math.ceil(count / groupIds) : 0
  return {
    head: headBytes,
    levelCounts: levelsBytes,
    levelStarts: levelsBytes,
    centre: codeBytesOf(dim) * 4,
    allow: Math.ceil(count / 32) * 4,
    visited: graph ? count : 0,
    codes: count * rowBytesOf(dim),
    links: graph ? count * graph.linksMax * 8 : 0,
    upper: graph ? groups * memory.call.hnswUpperBytes(graph.linksMax) : 0,
  }
}

function totalOf(sizes: Sizes): number {
  return regionNames.reduce((sum, name) => sum + aligned(sizes[name]), overreachBytes)
}

function regionsIn(start: number, sizes: Sizes): CodedRegions {
  let at = start
  const regions = {} as CodedRegions
  for (const name of regionNames) {
    regions[name] = { name, at, byteCount: sizes[name] }
    at += aligned(sizes[name])
  }
  return regions
}

function aligned(byteCount: number): number {
  return Math.ceil(byteCount / 64) * 64
}
