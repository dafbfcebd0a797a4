// Questions of what events say and mention, over HTTP, and their answers in a form that can be held against a plain graph.

import { expect } from 'vitest'
import { type Answer, type Client, json } from './client.ts'
import { always, type NodeName, type PlainGraph, type Window } from './plain-graph.ts'

export interface Hit {
  event_id: string
  score: number
  text: string
  event: {
    event_id: string
    event_time: string
    type: string | null
    pack_version?: string
    payload: unknown
  }
}

export interface Found {
  hits: Hit[]
  count: number
  facets: Record<string, { value: string; count: number }[]>
  notes: string[]
  partial: boolean
}

interface Key {
  type: string
  key: string
}

interface Told {
  count: number
  first_seen: string
  last_seen: string
}

export type Edge = Told & { from: Key; type: string; to: Key; evidence: { event_time: string }[] }
export type Node = Told & Key & { hops?: number }

export interface Walk {
  nodes: Node[]
  edges: Edge[]
  unknown: Key[]
  capped: boolean
  partial: boolean
}

export interface Path extends Walk {
  outcome: string
}

export type KnownNode = Node & {
  attributes: Record<string, unknown>
  degrees: { type: string; direction: string; count: number }[]
  edges: Edge[]
  partial: boolean
}

export interface Asking {
  search(body: object): Promise<Found>
  walk(body: object): Promise<Walk>
  path(body: object): Promise<Path>
  /** undefined where nothing mentions it */
  node(name: NodeName, window?: Window): Promise<KnownNode | undefined>
  post(path: string, body: object): Promise<Answer>
}

/** @param stream  that is asked */
export function asking(client: Client, stream = 'events'): Asking {
  const post = (path: string, body: object) =>
    client.call('POST', path, {
      body: JSON.stringify({ stream, ...body }),
      headers: { 'content-type': json },
    })
  const ask = async <Value>(path: string, body: object): Promise<Value> => {
    const answer = await post(path, body)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    return answer.json<Value>()
  }
  return {
    post,
    search: body => ask('/v1/search', body),
    walk: body => ask('/v1/graph/walk', body),
    path: body => ask('/v1/graph/path', body),
    async node(name, window = always) {
      const { type, key } = keyOf(name)
      const query = new URLSearchParams({ stream, ...timesOf(window) })
      const answer = await client.get(`/v1/nodes/${type}/${encodeURIComponent(key)}?${query}`)
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`)
      return answer.json<KnownNode>()
    },
  }
}

/** Nodes that hold what their events say, each of them by itself. */
export async function expectNodes(
  asked: Asking,
  graph: PlainGraph,
  names: readonly NodeName[],
  window?: Window,
): Promise<void> {
  for (let at = 0; at < names.length; at += 16) {
    const some = names.slice(at, at + 16)
    const found = await Promise.all(some.map(name => asked.node(name, window)))
    const told = found.map(node => node && { ...seenOf(node), degrees: degreesOf(node) })
    expect(told).toEqual(
      some.map(name => {
        const seen = graph.nodes.get(name)
        return seen && { ...seen, degrees: graph.degrees(name) }
      }),
    )
  }
}

/** A walk in breadth that holds all within its hops, in a window. */
export async function expectWalk(
  asked: Asking,
  graph: PlainGraph,
  { start, hops, edgeTypes, window = always }: WalkFrom,
): Promise<void> {
  const walk = await asked.walk({
    ...{ start: [keyOf(start)], hops, ...timesOf(window), limit: 10_000, degree_max: 100_000 },
    ...(edgeTypes && { edge_types: edgeTypes }),
  })
  const expected = graph.reach(start, hops, edgeTypes)
  expect(walk.capped, start).toBe(false)
  const edges = walk.edges.map((edge): [string, object] => [edgeName(edge), seenOf(edge)])
  expect(new Map(edges), start).toEqual(
    new Map([...expected.edges].map(edge => [edge, graph.edges.get(edge)])),
  )
  expect(walk.edges.length, 'no edge twice').toBe(expected.edges.size)
  expect(new Map(walk.nodes.map(node => [nameOf(node), node.hops])), start).toEqual(expected.hops)
}

interface WalkFrom {
  start: NodeName
  hops: number
  edgeTypes?: readonly string[]
  window?: Window
}

export function keyOf(name: NodeName): Key {
  const at = name.indexOf(' ')
  return { type: name.slice(0, at), key: name.slice(at + 1) }
}

export function nameOf({ type, key }: Key): NodeName {
  return `${type} ${key}`
}

export function edgeName({ from, type, to }: Edge): string {
  return JSON.stringify([nameOf(from), type, nameOf(to)])
}

function seenOf({ count, first_seen, last_seen }: Told) {
  return { count, firstMs: Date.parse(first_seen), lastMs: Date.parse(last_seen) }
}

/** As questions tell a window; an open end is left out. */
function timesOf({ fromMs, untilMs }: Window): { from?: string; until?: string } {
  return {
    ...(Number.isFinite(fromMs) && { from: new Date(fromMs).toISOString() }),
    ...(Number.isFinite(untilMs) && { until: new Date(untilMs).toISOString() }),
  }
}

function degreesOf({ degrees }: KnownNode): Record<string, number> {
  return Object.fromEntries(degrees.map(({ type, direction, count }) => [`${type} ${direction}`, count]))
}
