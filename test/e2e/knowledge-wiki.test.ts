// Half a day of Wikipedia's edits, asked what a person would ask, and counted again from the raw lines.

import { beforeAll, expect, it, vi } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import { type Client, clientOf, linesOf } from './client.ts'
import { type Asking, asking, edgeName, expectNodes, expectWalk, keyOf, nameOf } from './knowledge.ts'
import {
  ends,
  linked,
  type NodeName,
  named,
  type PlainEvent,
  PlainGraph,
  type Window,
} from './plain-graph.ts'
import { describeWith, readData } from './real-data.ts'
import { place, type Served } from './serve.ts'

const data = 'wikiticker/edits-2015-09-12.ndjson.gz'
const seed = 20150912
/** Of 39,244: half a day. */
const editCount = 20_000
const sampleCount = 25

interface Edit {
  time: string
  page: string
  user: string
  channel: string
  countryIsoCode: string | null
  countryName: string | null
  isNew: boolean
  comment: string
}

function eventOf({ time, page, user, channel, countryIsoCode, isNew }: Edit): PlainEvent {
  const [pages, users, channels, countries] = [
    named('page', page),
    named('user', user),
    named('channel', channel),
    named('country', countryIsoCode),
  ]
  return {
    timeMs: Date.parse(time),
    nodes: [...pages, ...users, ...channels, ...countries],
    edges: [
      ...linked(users, 'edited', pages),
      ...(isNew ? linked(users, 'created', pages) : []),
      ...linked(pages, 'in', channels),
      ...linked(users, 'active_on', channels),
      ...linked(users, 'from', countries),
    ],
  }
}

describeWith(data, 'what edits of Wikipedia say and mention', async () => {
  vi.setConfig({ testTimeout: 60_000 })
  const here = await place()
  let edits: Edit[]
  let events: PlainEvent[]
  let graph: PlainGraph
  let service: Served
  let client: Client
  let ask: Asking
  beforeAll(async () => {
    const lines = linesOf(readData(data)).slice(0, editCount)
    edits = lines.map(line => JSON.parse(line.toString()))
    events = edits.map(eventOf)
    graph = new PlainGraph(events)
    service = await here.serve()
    client = clientOf(service)
    ask = asking(client)
    const half = Math.ceil(lines.length / 2)
    for (const part of [lines.slice(0, half), lines.slice(half)])
      await client.send(part.join('\n'), { query: '?pack=wiki' })
  }, 60_000)

  const namesOf = (type: string) => [...graph.nodes.keys()].filter(name => name.startsWith(`${type} `))

  /** Those that are mentioned most, and some that are drawn. */
  function sampled(type: string): NodeName[] {
    const random = seededRandom(seed)
    const names = namesOf(type).sort((a, b) => graph.nodes.get(b)!.count - graph.nodes.get(a)!.count)
    const drawn = Array.from({ length: sampleCount }, () => names[Math.floor(random() * names.length)]!)
    return [...new Set([...names.slice(0, 10), ...drawn])]
  }

  it('knows every channel and country, and the users and pages that are looked at', async () => {
    for (const type of ['channel', 'country']) await expectNodes(ask, graph, namesOf(type))
    for (const type of ['user', 'page']) await expectNodes(ask, graph, sampled(type))
  })

  it('counts as many nodes and edges of each type as the lines hold', async () => {
    const channels = await Promise.all(namesOf('channel').map(name => ask.node(name)))
    const sum = (type: string) =>
      channels
        .flatMap(node => node!.degrees)
        .filter(degree => degree.type === type && degree.direction === 'in')
        .reduce((total, { count }) => total + count, 0)
    const edges = (type: string) =>
      [...graph.edges.keys()].filter(edge => JSON.parse(edge)[1] === type).length
    expect({ in: sum('in'), active_on: sum('active_on') }).toEqual({
      in: edges('in'),
      active_on: edges('active_on'),
    })
  })

  it('walks from a page and from a user as the lines do, in all time and in part of a day', async () => {
    const window: Window = { fromMs: Date.UTC(2015, 8, 12, 6, 30), untilMs: Date.UTC(2015, 8, 12, 9, 15) }
    const morning = new PlainGraph(events, window)
    await expectNodes(ask, morning, namesOf('channel'), window)
    await expectNodes(ask, morning, sampled('user').slice(0, 30), window)
    for (const start of [...sampled('page').slice(8, 24), ...sampled('user').slice(8, 24)]) {
      const walk = { start, hops: 2, edgeTypes: ['edited', 'created'] }
      if (graph.reach(start, 2, walk.edgeTypes).edges.size <= 10_000) await expectWalk(ask, graph, walk)
      if (morning.nodes.has(start)) await expectWalk(ask, morning, { ...walk, window })
    }
  })

  it('links two users over a page that both have edited', async () => {
    const editorsOf = (page: NodeName) =>
      graph
        .around(page)
        .map(ends)
        .flatMap(([user, type]) => (type === 'edited' ? [user] : []))
    const editors = namesOf('page').map(editorsOf)
    const [source, target] = editors.find(users => users.length === 2) as [NodeName, NodeName]
    const path = await ask.path({
      source: keyOf(source),
      target: keyOf(target),
      edge_types: ['edited'],
      degree_max: 100_000,
    })
    expect(path.outcome).toBe('found')
    expect(path.nodes.map(nameOf).filter((_, i) => i !== 1)).toEqual([source, target])
    for (const edge of path.edges) expect(graph.edges.get(edgeName(edge))?.count).toBe(edge.count)
    expect(path.edges.flatMap(({ evidence }) => evidence).length).toBeGreaterThanOrEqual(2)
  })

  it('finds what a person looks for', async () => {
    const vandalism = await ask.search({ text: 'vandalism reports' })
    expect(vandalism.hits[0]!.text).toMatch(/vandal/i)
    const typo = await ask.search({ text: 'vandlism', mode: 'words' })
    expect(typo.hits[0]!.text).toMatch(/vandal/i)
    const meant = await ask.search({ text: 'undid a malicious edit', mode: 'vector' })
    expect(meant.hits.map(({ text }) => text).join('\n')).toMatch(/revert|undid|vandal/i)
  })

  it('counts the words that it finds as often as they are written', async () => {
    const said = edits.filter(({ page, comment }) =>
      /(?<![\p{L}\p{N}_])football(?![\p{L}\p{N}_])/iu.test(`${page}: ${comment}`),
    )
    const { count } = await ask.search({ text: '"football"', mode: 'words', fuzzy: false })
    expect(said.length).toBeGreaterThan(0)
    expect(count).toBe(said.length)
  })

  it('counts facets and filters as the lines do', async () => {
    const germans = edits.filter(({ channel }) => channel === '#de.wikipedia')
    const { count, facets } = await ask.search({
      filter: { must: [{ key: 'channel', match: '#de.wikipedia' }] },
      facets: ['countryName'],
      k: 1,
    })
    expect(count).toBe(germans.length)
    const counts = new Map(facets.countryName!.map(({ value, count }) => [value, count]))
    for (const [country, count] of counts)
      expect(count, country).toBe(germans.filter(({ countryName }) => countryName === country).length)
    expect(counts.get('Germany')).toBeGreaterThan(0)
  })

  it('says the same of all of it after a restart, when all is sealed', async () => {
    const asked = () =>
      Promise.all([
        ask.search({ text: 'vandalism reports', k: 20 }),
        ask.search({ text: 'football players', mode: 'vector', exact: true, k: 20 }),
        ask.walk({ start: [{ type: 'user', key: edits[0]!.user }], hops: 2 }),
        ask.node(`channel #de.wikipedia`),
      ])
    const before = await asked()
    await service.stop()
    service = await here.serve()
    client = clientOf(service)
    ask = asking(client)
    expect((await asked()).map(untimed)).toEqual(before.map(untimed))
    await expectNodes(ask, graph, namesOf('channel'))
  })
})

function untimed(answer: object | undefined): object {
  return { ...answer, as_of: undefined }
}
