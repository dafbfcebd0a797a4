// Which edges of a `graph` part leave nodes or lead to them.

import type { GraphFile } from './graph-file.ts'
import { GrowingU8, GrowingU32 } from './growing.ts'
import type { EdgesQuestion } from './run.ts'
import { boundsOf } from './sealed-bounds.ts'

/** Column by column, one row an edge of a node. */
export interface EdgeRows {
  /** u32: index into the nodes asked for */
  asked: Uint32Array
  /** u8: 1 where the edge leads to that node */
  inward: Uint8Array
  /** u32: of the file, each */
  edge: Uint32Array
  type: Uint16Array
  neighbour: Uint32Array
}

/** @param nodes  i32[]: -1 has no edges. @throws CorruptPart */
export async function edgeRowsOf(
  file: GraphFile,
  nodes: Int32Array,
  { direction, edgeTypes }: Pick<EdgesQuestion, 'direction' | 'edgeTypes'>,
): Promise<EdgeRows> {
  const { pages, head } = file
  const rows = { asked: new GrowingU32(), inward: new GrowingU8(), edge: new GrowingU32() }
  if (direction !== 'in') await addOutward(file, nodes, rows)
  const outwardCount = rows.edge.length
  if (direction !== 'out') await addInward(file, nodes, rows)
  const edge = rows.edge.take()
  const [type, to, from] = await Promise.all([
    pages.edgeType.at(edge),
    pages.edgeTo.at(edge.subarray(0, outwardCount)),
    pages.edgeFrom.at(edge.subarray(outwardCount)),
  ])
  const neighbour = new Uint32Array(edge.length)
  neighbour.set(to)
  neighbour.set(from, outwardCount)
  const all = { asked: rows.asked.take(), inward: rows.inward.take(), edge, type, neighbour }
  const isWanted = head.edgeTypes.map(name => edgeTypes === undefined || edgeTypes.includes(name))
  // asked for both ways, an edge from a node to itself was found as leaving it already
  return kept(
    all,
    i =>
      isWanted[type[i]!]! &&
      !(direction === 'both' && all.inward[i] === 1 && neighbour[i] === nodes[all.asked[i]!]),
  )
}

interface GrowingRows {
  asked: GrowingU32
  inward: GrowingU8
  edge: GrowingU32
}

async function addOutward({ pages }: GraphFile, nodes: Int32Array, rows: GrowingRows): Promise<void> {
  const { asked, from, until } = await stretchesOf(pages.outAt, nodes)
  for (let i = 0; i < asked.length; i++) {
    for (let edge = from[i]!; edge < until[i]!; edge++) {
      rows.asked.push(asked[i]!)
      rows.inward.push(0)
      rows.edge.push(edge)
    }
  }
}

async function addInward({ pages }: GraphFile, nodes: Int32Array, rows: GrowingRows): Promise<void> {
  const { asked, from, until } = await stretchesOf(pages.inAt, nodes)
  rows.edge.append(await pages.inEdges.stretches({ from, until }))
  for (let i = 0; i < asked.length; i++) {
    for (let at = from[i]!; at < until[i]!; at++) {
      rows.asked.push(asked[i]!)
      rows.inward.push(1)
    }
  }
}

async function stretchesOf(starts: GraphFile['pages']['outAt'], nodes: Int32Array) {
  const asked: number[] = []
  for (let i = 0; i < nodes.length; i++) if (nodes[i]! >= 0) asked.push(i)
  const bounds = await boundsOf(
    starts,
    asked.map(i => nodes[i]!),
  )
  return { asked, ...bounds }
}

/** Rows for which `isKept` holds. */
function kept(rows: EdgeRows, isKept: (row: number) => boolean): EdgeRows {
  const rowCount = rows.edge.length
  const places = new Uint32Array(rowCount)
  let count = 0
  for (let row = 0; row < rowCount; row++) if (isKept(row)) places[count++] = row
  if (count === rowCount) return rows
  const some = places.subarray(0, count)
  return {
    asked: some.map(row => rows.asked[row]!),
    inward: Uint8Array.from(some, row => rows.inward[row]!),
    edge: some.map(row => rows.edge[row]!),
    type: Uint16Array.from(some, row => rows.type[row]!),
    neighbour: some.map(row => rows.neighbour[row]!),
  }
}
