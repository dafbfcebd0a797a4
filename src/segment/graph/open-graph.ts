// The graph of an open run behind the face of a run. Every answer is added up from the events of its scope.

import type { TextColumn } from '../../base/text-column.ts'
import type { GraphBuilder } from './builder.ts'
import { chainEnd } from './chains.ts'
import { FoundRows } from './found-rows.ts'
import { GrowingU32 } from './growing.ts'
import { compareNames, nameColumn, typeOfName } from './name.ts'
import { countLinks, newestSettings, tallyLinks, tallyMentions } from './open-facts.ts'
import type {
  EdgeFacts,
  EdgesQuestion,
  FoundEdges,
  FoundNodes,
  GraphRun,
  GraphScope,
  GraphStats,
  NamesQuestion,
  NodesQuestion,
} from './run.ts'
import { Tally } from './tally.ts'

export class OpenGraph implements GraphRun {
  readonly #builder: GraphBuilder

  constructor(builder: GraphBuilder) {
    this.#builder = builder
  }

  async nodes(names: TextColumn, scope: GraphScope, question: NodesQuestion): Promise<FoundNodes> {
    const nodes = this.#find(names)
    const tally = new Tally(scope, question.evidenceMax)
    for (const node of nodes) {
      if (node >= 0) tallyMentions(this.#builder, node, tally)
      tally.end()
    }
    const attributes = newestSettings(this.#builder, question.attributes ? nodes : [], scope.docUntil)
    return { ...tally.facts(), attributes }
  }

  async edgesOf(names: TextColumn, scope: GraphScope, question: EdgesQuestion): Promise<FoundEdges> {
    const builder = this.#builder
    const { direction, edgeTypes } = question
    const isWanted = builder.edgeTypes.list.map(type => edgeTypes === undefined || edgeTypes.includes(type))
    const found = new FoundRows()
    const take = (asked: number, edge: number, inward: 0 | 1) => {
      const type = builder.edgeType.at(edge)
      if (!isWanted[type]) return
      const count = countLinks(builder, edge, scope)
      const neighbour = (inward ? builder.edgeFrom : builder.edgeTo).at(edge)
      if (count > 0) found.add({ asked, inward, type, neighbour, count, edge })
    }
    for (const [asked, node] of this.#find(names).entries()) {
      if (node < 0) continue
      if (direction !== 'in')
        for (let edge = builder.out.newest(node); edge !== chainEnd; edge = builder.out.before(edge))
          take(asked, edge, 0)
      if (direction !== 'out')
        for (let edge = builder.in.newest(node); edge !== chainEnd; edge = builder.in.before(edge))
          if (direction === 'in' || builder.edgeFrom.at(edge) !== node) take(asked, edge, 1)
    }
    return {
      ...found.columns(nameColumn(Array.from(found.neighbours(), node => builder.names.at(node)))),
      types: builder.edgeTypes.list,
    }
  }

  async edgeFacts(edges: Uint32Array, scope: GraphScope, evidenceMax: number): Promise<EdgeFacts> {
    const tally = new Tally(scope, evidenceMax)
    for (const edge of edges) {
      tallyLinks(this.#builder, edge, tally)
      tally.end()
    }
    return { ...tally.facts(), ...tally.weights() }
  }

  async docsOf(names: TextColumn, { fromMs, untilMs, docUntil }: GraphScope): Promise<Uint32Array> {
    const { mentions, mentionRow, rowDoc, rowMs } = this.#builder
    const isHit = new Uint8Array(rowDoc.length)
    for (const node of this.#find(names)) {
      if (node < 0) continue
      for (let link = mentions.newest(node); link !== chainEnd; link = mentions.before(link))
        isHit[mentionRow.at(link)] = 1
    }
    const docs = new GrowingU32()
    for (let row = 0; row < isHit.length && rowDoc.at(row) < docUntil; row++) {
      const timeMs = rowMs.at(row)
      if (isHit[row] && timeMs >= fromMs && timeMs < untilMs) docs.push(rowDoc.at(row))
    }
    return docs.take()
  }

  async names({ prefix, after, limit }: NamesQuestion, scope: GraphScope): Promise<TextColumn> {
    const builder = this.#builder
    const found: Uint8Array[] = []
    for (let node = 0; node < builder.nodeCount; node++) {
      const name = builder.names.at(node)
      if (compareNames(name.subarray(0, prefix.length), prefix) !== 0) continue
      if (after && compareNames(name, after) <= 0) continue
      const tally = new Tally(scope, 0)
      tallyMentions(builder, node, tally)
      if (tally.count > 0) found.push(name)
    }
    return nameColumn(found.sort(compareNames).slice(0, limit))
  }

  async stats(): Promise<GraphStats> {
    const { nodeCount, edgeCount, names, edgeType, edgeTypes } = this.#builder
    const stats: GraphStats = { nodeCount, edgeCount, nodes: {}, edges: {} }
    for (let node = 0; node < nodeCount; node++) countOne(stats.nodes, typeOfName(names.at(node)))
    for (let edge = 0; edge < edgeCount; edge++) countOne(stats.edges, edgeTypes.list[edgeType.at(edge)]!)
    return stats
  }

  /** @returns the builder's numbers, -1 for names that it does not have */
  #find(names: TextColumn): number[] {
    const { data, offsets } = names
    return Array.from({ length: offsets.length - 1 }, (_, i) =>
      this.#builder.names.find(data, offsets[i]!, offsets[i + 1]!),
    )
  }
}

function countOne(counts: Record<string, number>, type: string): void {
  counts[type] = (counts[type] ?? 0) + 1
}
