// Where everything of an index lies. A face fills the head in once and gives the regions; kernels find all the rest by it.
//
//   head       this class
//   upper      groups of 4,096 ids × their lists of links above level 0
//   visited    u8[idsMax], the number of the search that was there last
//   blocks     2^blockShift ids each, the same number of bytes each, one right after the other:
//
//     rows     codes i8[codeBytes] | −64·Σcodes i32 | scale f32 | term f32 | length f32, then up to rowBytes
//     links    u32[2 linksMax] ids, nearest come and go, ended by `none`
//     vectors  f32[dim], padded with zeros to vectorBytes
//
// Codes are of x' = x − centre, so that an offset which all vectors share takes nothing from their precision, and scaled by
// the row's own largest component, so that no later vector can be out of range. With x̂ for what the codes of x' stand for, a
// graph compares
//
//   term(x) + term(q) − x̂·q̂
//
// which with term(x) = |x̂|²/2 is half the squared L2 distance of x̂ and q̂ (for unit vectors about 1 − cos): being that of
// the codes themselves, it errs in proportion to the distance and not to the lengths, and tells near from nearer in a
// cluster far from the centre. With term(x) = −centre·x' it is about −x·q but for a constant.

import { upperLinksOf } from './hnsw-levels'

export const none: u32 = 0xffffffff

// forms of distance, as the face numbers them; 2 is l2
export const formCosine: u32 = 0
export const formDot: u32 = 1

@unmanaged
export class Index {
  // filled in by the face
  dim: u32
  form: u32
  /** links of a list above level 0; a list of level 0 holds twice as many */
  linksMax: u32
  /** how many candidates an insert looks at */
  buildBreadth: u32
  seed: u32
  codeBytes: usize
  rowBytes: usize
  vectorBytes: usize
  blockShift: u32
  blockBytes: usize
  /** where the links and the vectors start in a block */
  linksStart: usize
  vectorsStart: usize
  blocks: usize
  upper: usize
  visited: usize
  /** u64[breadthMax + 8] each: sorted pools */
  pool: usize
  hits: usize
  /** u64[heapMax] */
  heap: usize
  heapMax: u32
  /** u32[256] each, one after the other: ids at hand, where their rows are, and their distances */
  near: usize
  /** u64[256]: what a list of links is chosen from */
  choices: usize
  centre: usize
  /** a vector, its row, and its probe: what is looked for */
  query: usize
  queryRow: usize
  queryProbe: usize
  /** x' of a vector at hand, and the probe of a row at hand */
  shifted: usize
  sideProbe: usize
  /** u32[16] each, by level: how many of a group are on it, and where their lists start */
  levelCounts: usize
  levelStarts: usize

  // kept by the kernels
  /** lists of a group above level 0, and the level from which its first climbs on by chance */
  groupLists: u32
  climbFrom: u32
  /** vectors that are stored, and how many of them the graph holds */
  count: u32
  linked: u32
  entry: u32
  topLevel: u32
  epoch: u32
  /** so that a touch is not compiled away */
  touched: u32
  /** distances that were computed, modulo 2^32 */
  work: u32

  // a scan's
  heapCount: u32
  limit: u32
  radius: f32
  /** whether more was within the radius than is kept */
  isCapped: u32
  /** |q' − q̂|, and what a rank distance lacks to be a graph distance */
  queryError: f32
  constant: f32
}

export function indexAt(head: usize): Index {
  return changetype<Index>(head)
}

export function rowOf(head: usize, id: u32): usize {
  const index = indexAt(head)
  const mask = ((<u32>1) << index.blockShift) - 1
  return (
    index.blocks + <usize>(id >> index.blockShift) * index.blockBytes + <usize>(id & mask) * index.rowBytes
  )
}

export function vectorOf(head: usize, id: u32): usize {
  const index = indexAt(head)
  const mask = ((<u32>1) << index.blockShift) - 1
  const block = index.blocks + <usize>(id >> index.blockShift) * index.blockBytes
  return block + index.vectorsStart + <usize>(id & mask) * index.vectorBytes
}

/** How many links a list of that level may hold. */
export function linksMaxOf(head: usize, level: u32): u32 {
  const index = indexAt(head)
  return level == 0 ? index.linksMax << 1 : index.linksMax
}

export function linksOf(head: usize, id: u32, level: u32): usize {
  const index = indexAt(head)
  if (level > 0) return upperLinksOf(head, id, level)
  const mask = ((<u32>1) << index.blockShift) - 1
  const block = index.blocks + <usize>(id >> index.blockShift) * index.blockBytes
  return block + index.linksStart + ((<usize>(id & mask) * index.linksMax) << 3)
}
