// An index as bytes. What lies in memory is written as it lies there, so that loading copies and builds nothing; what is not
// used of a block is left out, and what can be computed is not written. Numbers are little-endian, and every section starts
// on a multiple of 16 bytes.
//
//   HEAD, 64 bytes
//      0  'ALLUHNSW'
//      8  version u32 | dim | form: 0 cosine, 1 dot, 2 l2 | linksMax | buildBreadth | seed
//     32  count | linked | entry | topLevel
//     48  zero, 12 bytes
//     60  CRC-32C of the 60 bytes before
//   SECTIONS, one after the other, each: payload bytes u32 | CRC-32C of the payload | zero, 8 bytes | payload
//     centre   f32[codeBytes]
//     block    rows | links | vectors of its ids     once for each 2^blockShift ids; the last may have fewer
//     upper    lists above level 0                   once for each 4,096 ids

import { crc32c } from '../../base/crc32c.ts'
import type { Arena, Region } from '../arena.ts'
import { demand } from '../checks.ts'
import { groupIds, type Layout, readHead, writeHead } from './hnsw-layout.ts'
import type { PieceReader } from './pieces.ts'

const magic = 'ALLUHNSW'
const version = 1
const headBytes = 64
const sectionHeadBytes = 16

/** The fields of the head, from byte 12 on. */
const shapeFields = ['dim', 'form', 'linksMax', 'buildBreadth', 'seed'] as const
const stateFields = ['count', 'linked', 'entry', 'topLevel'] as const

export interface Saved {
  arena: Arena
  layout: Layout
}

type Shape = Record<(typeof shapeFields)[number], number>

/** @returns pieces that own their memory */
export function* savedPieces(saved: Saved): Generator<Uint8Array> {
  const { arena, layout } = saved
  yield toHead([...shapeFields, ...stateFields].map(field => readHead(arena, layout.head, field)))
  for (const regions of sectionsOf(layout, readHead(arena, layout.head, 'count'))) {
    const section = new Uint8Array(sectionHeadBytes + bytesOf(regions))
    let at = sectionHeadBytes
    for (const region of regions) {
      section.set(arena.u8(region), at)
      at += region.byteCount
    }
    const head = new DataView(section.buffer)
    head.setUint32(0, section.length - sectionHeadBytes, true)
    head.setUint32(4, crc32c(section.subarray(sectionHeadBytes)), true)
    yield section
  }
}

/**
 * @param open  makes an index of that shape with room for `count` vectors
 * @throws BadInput saying what is wrong with the bytes
 */
export function readSaved(reader: PieceReader, open: (shape: Shape, count: number) => Saved): void {
  const { shape, state } = fromHead(reader.take(headBytes))
  const { arena, layout } = open(shape, state.count)
  for (const regions of sectionsOf(layout, state.count)) {
    const head = reader.take(sectionHeadBytes)
    const view = new DataView(head.buffer)
    demand(view.getUint32(0, true) === bytesOf(regions), 'damaged: a section of another size')
    let sum = 0
    for (const region of regions) {
      reader.fill(arena.u8(region))
      sum = crc32c(arena.u8(region), sum)
    }
    demand(view.getUint32(4, true) === sum, 'damaged: a checksum does not match')
  }
  for (const field of stateFields) writeHead(arena, layout.head, field, state[field])
}

/** What is written, in its order: the regions of each section. */
function sectionsOf({ centre, upper, blocks, strides, groupBytes }: Layout, count: number): Region[][] {
  const { blockIds, blockBytes, rowBytes, linkBytes, vectorBytes } = strides
  const sections: Region[][] = [[centre]]
  for (let first = 0; first < count; first += blockIds) {
    const used = Math.min(blockIds, count - first)
    const start = blocks + (first / blockIds) * blockBytes
    const linksAt = start + blockIds * rowBytes
    sections.push([
      { name: 'rows', at: start, byteCount: used * rowBytes },
      { name: 'links', at: linksAt, byteCount: used * linkBytes },
      { name: 'vectors', at: linksAt + blockIds * linkBytes, byteCount: used * vectorBytes },
    ])
  }
  for (let group = 0; group * groupIds < count; group++)
    sections.push([{ name: 'upper', at: upper.at + group * groupBytes, byteCount: groupBytes }])
  return sections
}

function bytesOf(regions: readonly Region[]): number {
  return regions.reduce((sum, { byteCount }) => sum + byteCount, 0)
}

function toHead(numbers: readonly number[]): Uint8Array {
  const head = new Uint8Array(headBytes)
  const view = new DataView(head.buffer)
  for (let i = 0; i < magic.length; i++) head[i] = magic.charCodeAt(i)
  for (const [i, number] of [version, ...numbers].entries()) view.setUint32(8 + 4 * i, number, true)
  view.setUint32(headBytes - 4, crc32c(head.subarray(0, headBytes - 4)), true)
  return head
}

function fromHead(head: Uint8Array<ArrayBuffer>) {
  const view = new DataView(head.buffer)
  const word = (i: number) => view.getUint32(8 + 4 * i, true)
  demand(String.fromCharCode(...head.subarray(0, 8)) === magic, 'not an index: it starts with something else')
  demand(word(0) === version, `an index of version ${word(0)}: expected ${version}`)
  const sum = crc32c(head.subarray(0, headBytes - 4))
  demand(view.getUint32(headBytes - 4, true) === sum, "damaged: its head's checksum does not match")
  const shape = Object.fromEntries(shapeFields.map((field, i) => [field, word(1 + i)])) as Shape
  const state = Object.fromEntries(
    stateFields.map((field, i) => [field, word(1 + shapeFields.length + i)]),
  ) as Record<(typeof stateFields)[number], number>
  return { shape, state }
}
