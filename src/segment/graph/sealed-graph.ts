// The graph of a sealed run: a `graph` part behind the face of a run. Of the file only those pages are read that a question
// touches.

import type { TextColumn } from '../../base/text-column.ts'
import type { CheckedFile } from '../checked.ts'
import { FoundRows } from './found-rows.ts'
import { type GraphFile, openGraphFile } from './graph-file.ts'
import { GrowingU32 } from './growing.ts'
import { HashIndex } from './hash-index.ts'
import { compareNames, hashName, type NameHash, nameAt, nameColumn } from './name.ts'
import type { PageCache } from './pages.ts'
import { PostingReader } from './postings.ts'
import type {
  EdgeFacts,
  EdgesQuestion,
  Facts,
  FoundEdges,
  FoundNodes,
  GraphRun,
  GraphScope,
  GraphStats,
  NamesQuestion,
  NodesQuestion,
} from './run.ts'
import { attributesOf } from './sealed-attributes.ts'
import { boundsOf, offsetsOf } from './sealed-bounds.ts'
import { edgeRowsOf } from './sealed-edges.ts'
import { edgeCounts, edgeFacts, nodeFacts } from './sealed-facts.ts'
import { namesOf, nodeAtOrBehind } from './sealed-names.ts'

/**
 * @param cache  shared by all graphs of a reader
 * @param hash   that the file was written with
 * @throws CorruptPart, here or when it is asked; AssertionError when it is no `graph` part
 */
export async function openGraph(
  file: CheckedFile,
  cache: PageCache,
  hash: NameHash = hashName,
): Promise<SealedGraph> {
  return new SealedGraph(await openGraphFile(file, cache), hash)
}

/** Names that are looked at together when they are listed. */
const listStretch = 256

export class SealedGraph implements GraphRun {
  readonly #file: GraphFile
  readonly #index: HashIndex

  constructor(file: GraphFile, hash: NameHash) {
    this.#file = file
    this.#index = new HashIndex(file, hash)
  }

  /** Lets go of what the cache keeps of it. */
  close(): void {
    for (const section of Object.values(this.#file.pages)) section.drop()
  }

  async nodes(names: TextColumn, scope: GraphScope, question: NodesQuestion): Promise<FoundNodes> {
    const nodes = await this.#index.find(names)
    const known = nodes.filter(node => node >= 0)
    const none = new Int32Array(0)
    const [tally, attributes] = await Promise.all([
      nodeFacts(this.#file, known, { scope, evidenceMax: question.evidenceMax }),
      attributesOf(this.#file, question.attributes ? nodes : none, scope.docUntil),
    ])
    return { ...withUnknown(tally.facts(), nodes), attributes }
  }

  async edgesOf(names: TextColumn, scope: GraphScope, question: EdgesQuestion): Promise<FoundEdges> {
    const rows = await edgeRowsOf(this.#file, await this.#index.find(names), question)
    const counts = await edgeCounts(this.#file, rows.edge, scope)
    const found = new FoundRows()
    for (let i = 0; i < counts.length; i++) {
      const [asked, inward, type] = [rows.asked[i]!, rows.inward[i]!, rows.type[i]!]
      const [neighbour, edge, count] = [rows.neighbour[i]!, rows.edge[i]!, counts[i]!]
      if (count > 0) found.add({ asked, inward, type, neighbour, count, edge })
    }
    const neighbours = await namesOf(this.#file, found.neighbours())
    return { ...found.columns(neighbours), types: this.#file.head.edgeTypes }
  }

  async edgeFacts(edges: Uint32Array, scope: GraphScope, evidenceMax: number): Promise<EdgeFacts> {
    const tally = await edgeFacts(this.#file, edges, { scope, evidenceMax })
    return { ...tally.facts(), ...tally.weights() }
  }

  async docsOf(names: TextColumn, scope: GraphScope): Promise<Uint32Array> {
    const { pages } = this.#file
    const nodes = (await this.#index.find(names)).filter(node => node >= 0)
    const bounds = await boundsOf(pages.nodePostingAt, nodes)
    const bytes = await pages.nodePostings.stretches(bounds)
    const offsets = offsetsOf(bounds)
    const docs = new GrowingU32()
    const reader = new PostingReader()
    for (let i = 0; i < nodes.length; i++) {
      reader.open(bytes, offsets[i]!, offsets[i + 1]!)
      while (reader.next()) {
        const { doc, timeMs } = reader
        if (doc < scope.docUntil && timeMs >= scope.fromMs && timeMs < scope.untilMs) docs.push(doc)
      }
    }
    const sorted = docs.take().sort()
    return sorted.filter((doc, i) => i === 0 || doc !== sorted[i - 1])
  }

  async names({ prefix, after, limit }: NamesQuestion, scope: GraphScope): Promise<TextColumn> {
    const found: Uint8Array[] = []
    const start = after !== undefined && compareNames(after, prefix) > 0 ? after : prefix
    let node = await nodeAtOrBehind(this.#file, start)
    while (found.length < limit && node < this.#file.nodeCount) {
      const until = Math.min(this.#file.nodeCount, node + listStretch)
      const stretch = Uint32Array.from({ length: until - node }, (_, i) => node + i)
      const names = await namesOf(this.#file, stretch)
      const { count } = (await nodeFacts(this.#file, stretch, { scope, evidenceMax: 0 })).facts()
      for (let i = 0; i < stretch.length && found.length < limit; i++) {
        const name = nameAt(names, i)
        if (compareNames(name.subarray(0, prefix.length), prefix) !== 0) return nameColumn(found)
        const isBehind = after === undefined || compareNames(name, after) > 0
        if (isBehind && count[i]! > 0) found.push(name)
      }
      node = until
    }
    return nameColumn(found)
  }

  async stats(): Promise<GraphStats> {
    const { nodeCount, edgeCount, head } = this.#file
    return { nodeCount, edgeCount, nodes: head.nodesOfType, edges: head.edgesOfType }
  }
}

/** Facts of the nodes that the file has, as facts of all that were asked for. */
function withUnknown(facts: Facts, nodes: Int32Array): Facts {
  const all: Facts = {
    count: new Uint32Array(nodes.length),
    firstMs: new Float64Array(nodes.length),
    lastMs: new Float64Array(nodes.length),
    evidenceAt: new Uint32Array(nodes.length + 1),
    evidenceDoc: facts.evidenceDoc,
    evidenceMs: facts.evidenceMs,
  }
  let known = 0
  for (let i = 0; i < nodes.length; i++) {
    if (nodes[i]! >= 0) {
      all.count[i] = facts.count[known]!
      all.firstMs[i] = facts.firstMs[known]!
      all.lastMs[i] = facts.lastMs[known]!
      known++
    }
    all.evidenceAt[i + 1] = facts.evidenceAt[known]!
  }
  return all
}
