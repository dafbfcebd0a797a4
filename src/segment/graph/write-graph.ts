// A growing graph as a `graph` part.

import { finish, type Work } from '../../engine/work.ts'
import { writeSections } from '../sections.ts'
import type { GraphBuilder } from './builder.ts'
import { chainEnd } from './chains.ts'
import { GrowingF64, GrowingU8, GrowingU32 } from './growing.ts'
import {
  fenceEntries,
  type GraphColumn,
  type GraphHead,
  type GraphSection,
  graphSections,
  hashWords,
} from './layout.ts'
import { compareNames, hashName, type NameHash, nameAt, typeOfName } from './name.ts'
import { newestSettings, tallyLinks, tallyMentions } from './open-facts.ts'
import { PostingWriter } from './postings.ts'
import { Tally, wholeScope } from './tally.ts'

/** Nodes or edges that are written between two pauses: some milliseconds. */
const stepThings = 2048

/** @param hash  of the names of nodes; whoever opens the file has to use the same */
export function writeGraph(builder: GraphBuilder, hash: NameHash = hashName): Uint8Array[] {
  return finish(writingGraph(builder, hash))
}

/** The same with pauses, for a thread that is asked questions meanwhile. Nothing may be added until it is done. */
export function* writingGraph(builder: GraphBuilder, hash: NameHash = hashName): Work<Uint8Array[]> {
  const order = orderOf(builder)
  yield { step: 'write the graph', share: 0.2 }
  const nodes = yield* nodeColumns(builder, order)
  const columns: Columns = {
    ...nodes,
    ...hashColumns(builder, order, hash),
    ...attributeColumns(builder, order),
    ...(yield* edgeColumns(builder, order)),
  }
  const sections = (Object.keys(graphSections) as GraphSection[]).map(name => ({
    name,
    element: graphSections[name],
    numbers: columns[name],
  }))
  return writeSections({ ...headOf(builder, order) }, sections as Parameters<typeof writeSections>[1])
}

type Columns = { [S in GraphSection]: GraphColumn<S> }

/** The builder's numbers in the order of the file, and the file's numbers by the builder's. */
interface Order {
  nodes: Uint32Array
  nodeRank: Uint32Array
  edges: Uint32Array
  /** those in use, rising by name */
  edgeTypes: Uint32Array
  typeRank: Uint32Array
  attributes: Uint32Array
  attributeRank: Uint32Array
}

function orderOf(builder: GraphBuilder): Order {
  const { edgeFrom, edgeType, edgeTo, edgeTypes, settingName, attributeNames } = builder
  const names = builder.names.column()
  const nodes = sorted(builder.nodeCount, (left, right) =>
    compareNames(nameAt(names, left), nameAt(names, right)),
  )
  const nodeRank = ranks(nodes, builder.nodeCount)
  const types = usedTerms(edgeTypes.list, edgeType.view())
  const typeRank = ranks(types, edgeTypes.list.length)
  const edges = sorted(
    builder.edgeCount,
    (left, right) =>
      nodeRank[edgeFrom.at(left)]! - nodeRank[edgeFrom.at(right)]! ||
      typeRank[edgeType.at(left)]! - typeRank[edgeType.at(right)]! ||
      nodeRank[edgeTo.at(left)]! - nodeRank[edgeTo.at(right)]!,
  )
  const attributes = usedTerms(attributeNames.list, settingName.view())
  const attributeRank = ranks(attributes, attributeNames.list.length)
  return { nodes, nodeRank, edges, edgeTypes: types, typeRank, attributes, attributeRank }
}

/** A batch names types and attributes that only rows of other segments may use. */
function usedTerms(list: readonly string[], numbers: Uint32Array): Uint32Array {
  return Uint32Array.from(new Set(numbers)).sort((left, right) => (list[left]! < list[right]! ? -1 : 1))
}

function sorted(count: number, compare: (left: number, right: number) => number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i).sort(compare)
}

function ranks(order: Uint32Array, count: number): Uint32Array {
  const rank = new Uint32Array(count)
  for (let i = 0; i < order.length; i++) rank[order[i]!] = i
  return rank
}

function headOf(builder: GraphBuilder, { nodes, edges, edgeTypes, attributes }: Order): GraphHead {
  const rowCount = builder.rowDoc.length
  const head: GraphHead = {
    format: 'graph',
    version: 1,
    docFrom: rowCount === 0 ? 0 : builder.rowDoc.at(0),
    docUntil: rowCount === 0 ? 0 : builder.rowDoc.at(rowCount - 1) + 1,
    edgeTypes: Array.from(edgeTypes, type => builder.edgeTypes.list[type]!),
    attributes: Array.from(attributes, name => builder.attributeNames.list[name]!),
    nodesOfType: {},
    edgesOfType: {},
  }
  for (const node of nodes) countOne(head.nodesOfType, typeOfName(builder.names.at(node)))
  for (const type of head.edgeTypes) head.edgesOfType[type] = 0
  for (const edge of edges) countOne(head.edgesOfType, builder.edgeTypes.list[builder.edgeType.at(edge)]!)
  return head
}

function countOne(counts: Record<string, number>, type: string): void {
  counts[type] = (counts[type] ?? 0) + 1
}

function* nodeColumns(builder: GraphBuilder, { nodes }: Order) {
  const nodeNameAt = new GrowingF64()
  const nodeNames = new GrowingU8()
  const postings = new PostingLists()
  const tally = new Tally(wholeScope, 0)
  const { mentions, mentionRow } = builder
  nodeNameAt.push(0)
  for (const [i, node] of nodes.entries()) {
    if (i % stepThings === stepThings - 1) yield { step: 'write the graph', share: 0.3 }
    nodeNames.append(builder.names.at(node))
    nodeNameAt.push(nodeNames.length)
    tallyMentions(builder, node, tally)
    tally.end()
    for (let link = mentions.newest(node); link !== chainEnd; link = mentions.before(link))
      postings.add(builder, mentionRow.at(link))
    postings.end()
  }
  const { count: nodeCount, firstMs, lastMs } = tally.facts()
  // a node may be linked by events that do not mention it; these bounds say nothing to any other when they merge
  const nodeFirst = firstMs.map((ms, i) => (nodeCount[i] ? ms : Number.POSITIVE_INFINITY))
  const nodeLast = lastMs.map((ms, i) => (nodeCount[i] ? ms : Number.NEGATIVE_INFINITY))
  return {
    ...{ nodeNameAt: nodeNameAt.take(), nodeNames: nodeNames.take() },
    ...{ nodeCount, nodeFirst, nodeLast },
    ...{ nodePostingAt: postings.at.take(), nodePostings: postings.bytes },
  } satisfies Partial<Columns>
}

class PostingLists {
  readonly at = new GrowingF64()
  readonly #writer = new PostingWriter()

  constructor() {
    this.at.push(0)
    this.#writer.begin()
  }

  get bytes(): Uint8Array {
    return this.#writer.bytes.take()
  }

  add({ rowDoc, rowMs }: GraphBuilder, row: number): void {
    this.#writer.add(rowDoc.at(row), rowMs.at(row))
  }

  end(): void {
    this.at.push(this.#writer.bytes.length)
    this.#writer.begin()
  }
}

function hashColumns(builder: GraphBuilder, { nodes }: Order, hash: NameHash) {
  const hashes = new Uint32Array(2 * nodes.length)
  for (const [rank, node] of nodes.entries()) hash(builder.names.at(node), hashes, 2 * rank)
  const order = sorted(
    nodes.length,
    (left, right) =>
      hashes[2 * left]! - hashes[2 * right]! ||
      hashes[2 * left + 1]! - hashes[2 * right + 1]! ||
      left - right,
  )
  const nodeHashes = new Uint32Array(hashWords * nodes.length)
  for (const [i, rank] of order.entries()) {
    nodeHashes[hashWords * i] = hashes[2 * rank]!
    nodeHashes[hashWords * i + 1] = hashes[2 * rank + 1]!
    nodeHashes[hashWords * i + 2] = rank
  }
  const fenceCount = Math.ceil(nodes.length / fenceEntries)
  const hashFences = Uint32Array.from(
    { length: fenceCount },
    (_, i) => nodeHashes[hashWords * fenceEntries * i]!,
  )
  return { nodeHashes, hashFences }
}

function attributeColumns(builder: GraphBuilder, { nodes, attributeRank }: Order) {
  const { node, name, timeMs, doc, values } = newestSettings(builder, nodes)
  return {
    attributeAt: startsOf(node, nodes.length),
    attributeName: Uint16Array.from(name, number => attributeRank[number]!),
    attributeMs: timeMs,
    attributeDoc: doc,
    attributeValueAt: Float64Array.from(values.offsets),
    attributeValues: values.data,
  }
}

function* edgeColumns(builder: GraphBuilder, { nodes, nodeRank, edges, typeRank }: Order) {
  const postings = new PostingLists()
  const tally = new Tally(wholeScope, 0)
  const edgeLoadAt = new GrowingU32()
  const edgeLoads = new GrowingF64()
  edgeLoadAt.push(0)
  const { links, linkRow, linkWeight } = builder
  for (const [i, edge] of edges.entries()) {
    if (i % stepThings === stepThings - 1) yield { step: 'write the graph', share: 0.6 }
    tallyLinks(builder, edge, tally)
    tally.end()
    let isWeighed = false
    for (let link = links.newest(edge); link !== chainEnd; link = links.before(link)) {
      postings.add(builder, linkRow.at(link))
      edgeLoads.push(linkWeight.at(link))
      isWeighed ||= linkWeight.at(link) !== 1
    }
    postings.end()
    if (!isWeighed) edgeLoads.length = edgeLoadAt.at(edgeLoadAt.length - 1)
    edgeLoadAt.push(edgeLoads.length)
  }
  const edgeFrom = edges.map(edge => nodeRank[builder.edgeFrom.at(edge)]!)
  const edgeTo = edges.map(edge => nodeRank[builder.edgeTo.at(edge)]!)
  const inEdges = sorted(edges.length, (left, right) => edgeTo[left]! - edgeTo[right]! || left - right)
  const { count: edgeCount, firstMs: edgeFirst, lastMs: edgeLast } = tally.facts()
  const { weightAt: edgeWeightAt, weights: edgeWeights } = tally.weights()
  return {
    outAt: startsOf(edgeFrom, nodes.length),
    ...{
      inAt: startsOf(
        inEdges.map(edge => edgeTo[edge]!),
        nodes.length,
      ),
      inEdges,
    },
    ...{ edgeFrom, edgeTo, edgeType: Uint16Array.from(edges, edge => typeRank[builder.edgeType.at(edge)]!) },
    ...{ edgeCount, edgeFirst, edgeLast, edgeWeightAt, edgeWeights },
    ...{ edgePostingAt: postings.at.take(), edgePostings: postings.bytes },
    ...{ edgeLoadAt: edgeLoadAt.take(), edgeLoads: edgeLoads.take() },
  }
}

/** @param things  u32[], rising, each below thingCount. @returns u32[thingCount + 1]: where each thing's stretch begins */
function startsOf(things: Uint32Array, thingCount: number): Uint32Array {
  const starts = new Uint32Array(thingCount + 1)
  for (const thing of things) starts[thing + 1]!++
  for (let i = 0; i < thingCount; i++) starts[i + 1]! += starts[i]!
  return starts
}
