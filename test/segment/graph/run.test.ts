// Open, sealed and merged runs answer as the definition does, for any scope.

import { describe, expect, it } from 'vitest'
import { toHex } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { mergeGraphs } from '../../../src/segment/graph/merge-graph.ts'
import { type NodeRef, nameAt, nameColumn, nodeName } from '../../../src/segment/graph/name.ts'
import { OpenGraph } from '../../../src/segment/graph/open-graph.ts'
import { PageCache } from '../../../src/segment/graph/pages.ts'
import type { GraphRun, GraphScope } from '../../../src/segment/graph/run.ts'
import { openGraph } from '../../../src/segment/graph/sealed-graph.ts'
import { wholeScope } from '../../../src/segment/graph/tally.ts'
import { writeGraph } from '../../../src/segment/graph/write-graph.ts'
import { builderOf, cutIntoRuns, fileOf, gathered, joined, type RawEvent, randomEvents } from './streams.ts'
import { inScope, isSame, plainEdges, plainNodes, twinEdges, twinNames, twinNodes } from './twin.ts'

const runs: Record<string, (events: RawEvent[], random: () => number) => Promise<GraphRun>> = {
  open: async events => new OpenGraph(builderOf(events)),
  sealed: async events => openGraph(fileOf(writeGraph(builderOf(events))), new PageCache(1 << 20)),
  merged: async (events, random) => {
    const cut = cutIntoRuns(random, events, 1 + Math.floor(random() * 5))
    const files = cut.map(run => fileOf(writeGraph(builderOf(run))))
    return openGraph(fileOf(await gathered(mergeGraphs(files))), new PageCache(0))
  },
}

const stranger: NodeRef = { type: 'member', key: 'nobody' }

function nodesOf(events: readonly RawEvent[]): NodeRef[] {
  const all = events.flatMap(({ mentions, edges }) => [...mentions, ...edges.map(({ to }) => to)])
  return [stranger, ...all.filter((node, i) => all.findIndex(one => isSame(one, node)) === i)]
}

function randomScope(random: () => number, events: readonly RawEvent[], cutsDocs: boolean): GraphScope {
  const docUntil = cutsDocs ? (events.at(-1)?.doc ?? 0) * random() : Number.POSITIVE_INFINITY
  if (random() < 0.2) return { ...wholeScope, docUntil }
  const fromMs = random() * 1200 - 200
  return { fromMs, untilMs: fromMs + random() * 1200, docUntil }
}

describe.each(Object.entries(runs))('the graph of a run that is %s', (kind, runOf) => {
  it('says of nodes, edges and docs what its events say, in any window and up to any doc', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed)
      const events = randomEvents(random, { eventCount: Math.floor(random() * 60) })
      const run = await runOf(events, random)
      const nodes = nodesOf(events)
      const names = nameColumn(nodes.map(nodeName))
      for (let round = 0; round < 4; round++) {
        const scope = randomScope(random, events, random() < 0.5)
        const evidenceMax = Math.floor(random() * 4)
        const direction = (['out', 'in', 'both'] as const)[Math.floor(random() * 3)]!
        const edgeTypes = random() < 0.3 ? ['saw', 'unheard_of'] : undefined
        const what = `seed ${seed}, round ${round}`

        const question = { direction, edgeTypes, evidenceMax }
        const rows = await run.edgesOf(names, scope, question)
        const facts = await run.edgeFacts(rows.edge, scope, evidenceMax)
        const edges = plainEdges(rows, facts)
        expect(rows.count, what).toEqual(facts.count)
        expect(edges, what).toEqual(twinEdges(events, nodes, scope, question))

        const attributes = kind === 'open' || scope.docUntil === Number.POSITIVE_INFINITY
        const found = plainNodes(await run.nodes(names, scope, { evidenceMax, attributes }))
        const expected = twinNodes(events, nodes, scope, evidenceMax)
        expect(found, what).toEqual(
          attributes ? expected : expected.map(node => ({ ...node, attributes: {} })),
        )

        const few = nodes.slice(0, 3)
        const docs = inScope(events, scope).filter(({ mentions }) =>
          mentions.some(node => few.some(one => isSame(one, node))),
        )
        const docsFound = await run.docsOf(nameColumn(few.map(nodeName)), scope)
        expect([...docsFound], what).toEqual(docs.map(({ doc }) => doc))

        const prefix = nodeName({ type: 'gam', key: '' }).subarray(0, 3 + Math.floor(random() * 2))
        const after = random() < 0.5 ? nodeName(nodes.at(-1)!) : undefined
        const asked = { prefix, after, limit: 1 + Math.floor(random() * 8) }
        const listed = await run.names(asked, scope)
        const hex = Array.from({ length: listed.offsets.length - 1 }, (_, i) => toHex(nameAt(listed, i)))
        expect(hex, what).toEqual(twinNames(events, asked, scope))
      }
    }
  })

  it('counts its nodes and edges by type', async () => {
    const random = seededRandom(5)
    const events = randomEvents(random, { eventCount: 80 })
    const stats = await (await runOf(events, random)).stats()
    const nodes = nodesOf(events).slice(1)
    expect(stats.nodeCount).toBe(nodes.length)
    expect(stats.nodes).toEqual(
      Object.fromEntries(
        [...new Set(nodes.map(({ type }) => type))].map(type => [
          type,
          nodes.filter(node => node.type === type).length,
        ]),
      ),
    )
    const edges = twinEdges(events, nodes, wholeScope, { direction: 'out', evidenceMax: 0 })
    expect(stats.edgeCount).toBe(edges.length)
    for (const [type, count] of Object.entries(stats.edges))
      expect(edges.filter(edge => edge.type === type).length).toBe(count)
  })

  it('of no events knows nothing', async () => {
    const run = await runOf([], seededRandom(1))
    const names = nameColumn([nodeName(stranger)])
    expect((await run.nodes(names, wholeScope, { evidenceMax: 3, attributes: true })).count).toEqual(
      new Uint32Array(1),
    )
    expect((await run.edgesOf(names, wholeScope, { direction: 'both' })).count.length).toBe(0)
    expect((await run.stats()).nodeCount).toBe(0)
  })
})

describe('a merge', () => {
  it('makes the bytes that one writing of all events makes', async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const random = seededRandom(seed)
      const events = randomEvents(random, {
        eventCount: Math.floor(random() * 80),
        keyCount: 3 + random() * 20,
      })
      const files = cutIntoRuns(random, events, 1 + Math.floor(random() * 6)).map(run =>
        fileOf(writeGraph(builderOf(run))),
      )
      const merged = joined(await gathered(mergeGraphs(files)))
      expect(Buffer.compare(merged, joined(writeGraph(builderOf(events, 1000)))), `seed ${seed}`).toBe(0)
    }
  })

  it('does so over many stretches', async () => {
    const random = seededRandom(11)
    const events = randomEvents(random, { eventCount: 12_000, keyCount: 9000, spanMs: 86_400_000 })
    const files = cutIntoRuns(random, events, 3).map(run => fileOf(writeGraph(builderOf(run, 50))))
    const merged = joined(await gathered(mergeGraphs(files)))
    expect(Buffer.compare(merged, joined(writeGraph(builderOf(events, 50))))).toBe(0)
  })
})

describe('names of one hash', () => {
  it('are told apart by their bytes', async () => {
    const events = randomEvents(seededRandom(2), { eventCount: 400, keyCount: 90 })
    const hash = (name: Uint8Array, out: Uint32Array, at: number) => {
      out[at] = name.length & 1
      out[at + 1] = 7
    }
    const run = await openGraph(fileOf(writeGraph(builderOf(events), hash)), new PageCache(1 << 20), hash)
    const nodes = nodesOf(events)
    const names = nameColumn(nodes.map(nodeName))
    const found = plainNodes(await run.nodes(names, wholeScope, { evidenceMax: 1, attributes: true }))
    expect(found).toEqual(twinNodes(events, nodes, wholeScope, 1))
  })
})
