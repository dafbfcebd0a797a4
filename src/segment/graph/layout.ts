// The `graph` part: what the events of a sealed run connect, as sections (see ../sections.ts). Nodes are numbered by the
// order of their names, edges by (from, type, to), types and attributes by the order of theirs: so the file is a function
// of what the events say, however they came together, and a merge makes the bytes that one writing would have made.
//
//   nodeNames u8           nodeNameAt f64[n+1]  `type\0key`, rising
//   nodeHashes u32[3n]     hash of the name, two words, and the node: rising   hashFences u32: the first word of each 16th
//   nodeCount u32[n]  nodeFirst f64[n]  nodeLast f64[n]   events, and the times between which they lie (∞, -∞ for none)
//   nodePostings u8        nodePostingAt f64[n+1]  see postings.ts
//   attributeAt u32[n+1]   attributeName u16, attributeMs f64, attributeDoc u32: the newest setting of each, by name
//   attributeValues u8     attributeValueAt f64[a+1]  JSON
//   outAt u32[n+1]         edges [outAt[i], outAt[i+1]) leave node i
//   inEdges u32[e]  inAt u32[n+1]               edges inEdges[inAt[i], inAt[i+1]) lead to it, rising
//   edgeFrom u32[e]  edgeTo u32[e]  edgeType u16[e]
//   edgeCount u32[e]  edgeFirst f64[e]  edgeLast f64[e]
//   edgePostings u8        edgePostingAt f64[e+1]
//   edgeWeights f64        edgeWeightAt u32[e+1]   floats whose exact sum is the edge's weight, see exact-sum.ts
//   edgeLoads f64          edgeLoadAt u32[e+1]     the weight of each posting, none where all are 1
//
// What is of any length stands before the numbers that say where it begins, since a merge knows those behind it.
//
// Bounds: 2^32 docs, nodes, edges, attributes, floats of weights, and postings of edges that do not weigh 1.

import type { Element } from '../sections.ts'

export const graphSections = {
  nodeNames: 'u8',
  nodeNameAt: 'f64',
  nodeHashes: 'u32',
  hashFences: 'u32',
  nodeCount: 'u32',
  nodeFirst: 'f64',
  nodeLast: 'f64',
  nodePostings: 'u8',
  nodePostingAt: 'f64',
  attributeAt: 'u32',
  attributeName: 'u16',
  attributeMs: 'f64',
  attributeDoc: 'u32',
  attributeValues: 'u8',
  attributeValueAt: 'f64',
  outAt: 'u32',
  inEdges: 'u32',
  inAt: 'u32',
  edgeFrom: 'u32',
  edgeTo: 'u32',
  edgeType: 'u16',
  edgeCount: 'u32',
  edgeFirst: 'f64',
  edgeLast: 'f64',
  edgePostings: 'u8',
  edgePostingAt: 'f64',
  edgeWeights: 'f64',
  edgeWeightAt: 'u32',
  edgeLoads: 'f64',
  edgeLoadAt: 'u32',
} as const satisfies Record<string, Element>

export type GraphSection = keyof typeof graphSections

/** Numbers of a hash index entry: two words of hash, one node. */
export const hashWords = 3
/** Entries for each fence. */
export const fenceEntries = 16

export interface GraphHead {
  format: 'graph'
  version: 1
  /** docs of the run are [docFrom, docUntil); both are 0 when it has none */
  docFrom: number
  docUntil: number
  /** names, rising */
  edgeTypes: string[]
  attributes: string[]
  /** by name of the type, which rise */
  nodesOfType: Record<string, number>
  edgesOfType: Record<string, number>
}

interface ElementColumns {
  u8: Uint8Array
  u16: Uint16Array
  u32: Uint32Array
  f64: Float64Array
}

export type GraphColumn<S extends GraphSection> = ElementColumns[(typeof graphSections)[S]]
