// A damaged part of what events say and mention: found by verify, left out by every question, and the answer says so.

import { beforeEach, describe, expect, it } from 'vitest'
import { verifyStore } from '../../src/catalog/verify.ts'
import type { Part } from '../../src/contract/segment.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { damage, Written } from './written.ts'

const days = ['2026-01-08', '2026-01-09']
const scope = { tenant: 't', stream: 'events' }
const graph = { degreeMax: 100, evidenceMax: 3 }
const ann = { type: 'user', key: 'ann' }
const bob = { type: 'user', key: 'bob' }

const eventsOf = (day: string) =>
  ['ann', 'bob'].map((user, i) => ({
    id: `${day}-${user}`,
    time: `${day}T0${i + 1}:00:00Z`,
    ...{ user, page: `about ${day}`, text: `${user} wrote about ${day}` },
  }))

let written: Written
let parts: Part[]

beforeEach(async () => {
  written = await Written.open({ runsMax: 8 })
  await new PackRegistry(written.store).install('t', {
    pack: 'pages',
    version: 1,
    entities: { user: { key: 'user' }, page: { key: 'page' } },
    edges: ['user -edited-> page'],
    text: '{text}',
  })
  for (const day of days) {
    await written.send(eventsOf(day), { pack: { name: 'pages', version: 1 } })
    await written.flush()
  }
  const { segments } = await written.reader.segments('t')
  parts = segments.find(({ segment_id }) => segment_id === `t/events/${days[0]}/0`)!.parts
})

const partOf = (role: string) => parts.find(part => part.role === role)!

it.each(['graph', 'texts', 'words', 'vectors'])('is found by verify in a %s part', async role => {
  const { key } = partOf(role)
  await damage(written.store, key, 40)
  const bad: string[] = []
  for await (const verdict of verifyStore(written.store)) if (!verdict.ok) bad.push(verdict.key)
  expect(bad).toEqual([key])
})

describe('a damaged graph', () => {
  const ask = async () => ({
    node: await written.reader.node({ ...scope, node: ann, edgesMax: 10, evidenceMax: 3 }),
    walk: await written.reader.walk({
      ...{ ...scope, ...graph, start: [ann], strategy: 'bfs', hops: 2, direction: 'both' },
      ...{ limit: 100, seed: 1 },
    }),
    path: await written.reader.path({
      ...{ ...scope, ...graph, source: ann, target: bob, direction: 'both', hopsMax: 4 },
    }),
  })

  it('is partial in no answer while all is whole', async () => {
    const { node, walk, path } = await ask()
    expect([node.partial, walk.partial, path.partial]).toEqual([false, false, false])
    expect([node.node!.count, walk.edges.length, path.outcome]).toEqual([2, 4, 'found'])
  })

  it.each([0, 40, -1])('is left out with byte %i turned, and told of', async at => {
    const { key } = partOf('graph')
    await damage(written.store, key, at)
    const { node, walk, path } = await ask()
    expect([node.partial, walk.partial, path.partial]).toEqual([true, true, true])
    expect([node.node!.count, walk.edges.length, path.outcome]).toEqual([1, 2, 'found'])
    expect(node.node!.edges.map(({ to }) => to.key)).toEqual([`about ${days[1]}`])
    expect(walk.nodes.map(({ key }) => key)).not.toContain(`about ${days[0]}`)
    expect(written.corrupt.length).toBe(3)
    expect(written.corrupt[0]!.message).toContain(key)
    expect(written.fatal).toEqual([])
  })
})
