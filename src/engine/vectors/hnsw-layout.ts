// Where an index lies in its memory: the head that wasm/vectors/hnsw-index.ts names field by field, regions of a fixed size, and
// above them blocks, which are taken as vectors come. An index has its instance to itself, so block follows
// block, and an address is a multiplication away. Fresh memory is zero, and that is relied on.

import { type Arena, OutOfMemory, type Region } from '../arena.ts'

/** In the order of the class in wasm/vectors/hnsw-index.ts, 4 bytes each. */
const headFields = [
  'dim',
  'form',
  'linksMax',
  'buildBreadth',
  'seed',
  'codeBytes',
  'rowBytes',
  'vectorBytes',
  'blockShift',
  'blockBytes',
  'linksStart',
  'vectorsStart',
  'blocks',
  'upper',
  'visited',
  'pool',
  'hits',
  'heap',
  'heapMax',
  'near',
  'choices',
  'centre',
  'query',
  'queryRow',
  'queryProbe',
  'shifted',
  'sideProbe',
  'levelCounts',
  'levelStarts',
  'groupLists',
  'climbFrom',
  'count',
  'linked',
  'entry',
  'topLevel',
  'epoch',
  'touched',
  'work',
  'heapCount',
  'limit',
  'radius',
  'isCapped',
  'queryError',
  'constant',
] as const

type HeadField = (typeof headFields)[number]

/** Candidates that a search keeps, and hits that it finds, at most. */
export const breadthMax = 4096
/** Hits within a radius, and candidates of a filtered search, at most. */
export const heapMax = 65_536
/** Ids of which the levels are drawn together: see wasm/vectors/hnsw-levels.ts. */
export const groupIds = 4096
/** About what a block takes: so small that little is wasted, so large that few are needed. */
const blockBytesAim = 1 << 20
/** An id shares its 32 bits with a mark. */
const idsLimit = 2 ** 31 - 2
const stagingBytesAim = 1 << 16

export interface Shape {
  dim: number
  linksMax: number
}

export interface Strides {
  codeBytes: number
  rowBytes: number
  linkBytes: number
  vectorBytes: number
  blockIds: number
  blockBytes: number
}

export interface Layout {
  strides: Strides
  head: Region
  staging: Region
  query: Region
  centre: Region
  hits: Region
  heap: Region
  allow: Region
  upper: Region
  /** bytes of the lists of a group of ids */
  groupBytes: number
  /** where block 0 starts */
  blocks: number
  /** what the memory can hold */
  idsMax: number
}

function stridesOf({ dim, linksMax }: Shape): Strides {
  const codeBytes = alignUp(dim, 16)
  const rowBytes = alignUp(codeBytes + 16, 32)
  const linkBytes = 2 * linksMax * 4
  const vectorBytes = alignUp(dim * 4, 16)
  const idBytes = rowBytes + linkBytes + vectorBytes
  // a power of two, so that an id splits into block and place by its bits, and a multiple of 32, as words of filters are
  const blockIds = 2 ** Math.max(5, Math.floor(Math.log2(blockBytesAim / idBytes)))
  return { codeBytes, rowBytes, linkBytes, vectorBytes, blockIds, blockBytes: blockIds * idBytes }
}

/**
 * Takes the regions that an index needs from its first vector on.
 *
 * @param options.memoryBytesMax  what all of it may take
 * @param options.groupBytes      bytes that the lists above level 0 take in a group of ids
 * @throws OutOfMemory when not even a block fits beside them
 */
export function layOut(
  arena: Arena,
  shape: Shape,
  options: { memoryBytesMax: number; groupBytes: number },
): Layout {
  const strides = stridesOf(shape)
  const { dim } = shape
  const { codeBytes, rowBytes, blockIds, blockBytes } = strides
  const componentsBytes = codeBytes * 4
  const head = arena.take('head', headFields.length * 4)
  const fixed = {
    levelCounts: arena.take('level counts', 64),
    levelStarts: arena.take('level starts', 64),
    pool: arena.take('pool', (breadthMax + 8) * 8),
    // 272 ids with their rows and distances, and 264 keys thrice
    near: arena.take('near', 3328),
    choices: arena.take('choices', 5376),
    queryRow: arena.take('query row', rowBytes),
    queryProbe: arena.take('query probe', codeBytes * 2 + 64),
    sideProbe: arena.take('side probe', codeBytes * 2 + 64),
    shifted: arena.take('shifted', componentsBytes),
  }
  const staging = arena.take('staging', Math.max(stagingBytesAim, dim * 4))
  const query = arena.take('query', componentsBytes)
  const centre = arena.take('centre', componentsBytes)
  const hits = arena.take('hits', (breadthMax + 8) * 8)
  const heap = arena.take('heap', (heapMax + 8) * 8)
  const { groupBytes } = options
  const idsMax = idsThatFit(options.memoryBytesMax - arena.heldBytes, { ...strides, groupBytes })
  if (idsMax === 0) throw new OutOfMemory('a block of vectors', blockBytes, arena.heldBytes)
  const visited = arena.take('visited', idsMax)
  const allow = arena.take('allowed ids', idsMax / 8)
  const upper = arena.take('upper lists', Math.ceil(idsMax / groupIds) * groupBytes)
  const blocks = arena.heldBytes
  const pointers = { ...fixed, query, centre, hits, heap, visited, upper }
  for (const [field, { at }] of Object.entries(pointers)) writeHead(arena, head, field as HeadField, at)
  const numbers = {
    dim,
    linksMax: shape.linksMax,
    codeBytes,
    rowBytes,
    vectorBytes: strides.vectorBytes,
    blockShift: Math.log2(blockIds),
    blockBytes,
    linksStart: blockIds * rowBytes,
    vectorsStart: blockIds * (rowBytes + strides.linkBytes),
    blocks,
    heapMax,
  }
  for (const [field, number] of Object.entries(numbers)) writeHead(arena, head, field as HeadField, number)
  return { strides, head, staging, query, centre, hits, heap, allow, upper, groupBytes, blocks, idsMax }
}

export function readHead(arena: Arena, head: Region, field: HeadField): number {
  return arena.u32(head)[headFields.indexOf(field)]!
}

export function writeHead(arena: Arena, head: Region, field: HeadField, value: number): void {
  arena.u32(head)[headFields.indexOf(field)] = value
}

function idsThatFit(
  bytes: number,
  { blockIds, blockBytes, groupBytes }: Strides & { groupBytes: number },
): number {
  const spare = groupBytes + 256
  const perBlock = blockBytes + blockIds * (1 + 1 / 8 + groupBytes / groupIds)
  const blocks = Math.max(0, Math.floor((bytes - spare) / perBlock))
  return Math.min(blocks, Math.floor(idsLimit / blockIds)) * blockIds
}

function alignUp(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
