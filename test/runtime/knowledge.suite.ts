// What every runtime finds in the same events: the same hits in the same order, the same nodes, walks and paths.

import { expect } from 'vitest'
import type { Client } from '../e2e/client.ts'
import { asking, nameOf } from '../e2e/knowledge.ts'

const knownStream = 'known'

const comments = [
  'the payment was declined by the bank',
  'credit card transaction rejected',
  'a cat sleeps on the sofa',
  'the game crashed on startup',
  'application stops when it is launched',
  'kitten on a couch',
]

const pack = {
  pack: 'told',
  entities: { user: { key: 'user' }, page: { key: 'page' } },
  edges: ['user -edited-> page'],
  text: '{comment}',
}

/** Users 0 to 5 on pages 0 to 3; each comment twice, and the first thrice. */
const events = Array.from({ length: 13 }, (_, i) => ({
  id: `e${String(i).padStart(2, '0')}`,
  time: `2026-01-0${1 + (i % 3)}T00:00:${String(i).padStart(2, '0')}Z`,
  user: `u${i % 6}`,
  page: `p${i % 4}`,
  comment: comments[i % comments.length],
}))

export async function sendKnown(client: Client): Promise<void> {
  const put = await client.call('PUT', '/v1/catalog/packs/told', {
    body: JSON.stringify(pack),
    headers: { 'content-type': 'application/json' },
  })
  expect(put.status, put.text).toBe(201)
  const body = events.map(event => JSON.stringify(event)).join('\n')
  await client.send(body, { query: `?stream=${knownStream}&pack=told` })
}

export async function expectKnown(client: Client): Promise<void> {
  const ask = asking(client, knownStream)
  const ids = async (body: object) => (await ask.search(body)).hits.map(({ event_id }) => event_id)

  expect(await ids({ text: 'payment', mode: 'words' })).toEqual(['e12', 'e06', 'e00'])
  expect(await ids({ text: 'paymnt', mode: 'words' })).toEqual(['e12', 'e06', 'e00'])
  expect((await ids({ text: 'money could not be paid', mode: 'vector', k: 5 })).sort()).toEqual([
    'e00',
    'e01',
    'e06',
    'e07',
    'e12',
  ])
  expect(await ids({ text: 'a pet on furniture', mode: 'hybrid', k: 4 })).toEqual(
    await ids({ text: 'a pet on furniture', mode: 'hybrid', k: 4, exact: true }),
  )
  const meant = { text: 'program fails to launch', mode: 'vector', group_by: 'text' }
  expect(await ids(meant)).toEqual(['e10', 'e09', 'e08', 'e11', 'e07', 'e12'])
  expect(await ids({ filter: { must: [{ key: 'user', match: 'u1' }] } })).toEqual(['e07', 'e01'])
  const faceted = await ask.search({ facets: ['page'], k: 1 })
  expect(faceted.facets.page).toEqual([
    { value: 'p0', count: 4 },
    ...['p1', 'p2', 'p3'].map(value => ({ value, count: 3 })),
  ])

  expect(await ask.node('page p0')).toMatchObject({
    count: 4,
    degrees: [{ type: 'edited', direction: 'in', count: 3 }],
    partial: false,
  })
  const walk = await ask.walk({ start: [{ type: 'user', key: 'u0' }], hops: 2 })
  expect(walk.nodes.map(node => `${nameOf(node)} ${node.hops}`)).toEqual([
    'user u0 0',
    'page p0 1',
    'page p2 1',
    'user u2 2',
    'user u4 2',
  ])
  const path = await ask.path({ source: { type: 'user', key: 'u1' }, target: { type: 'user', key: 'u3' } })
  expect([path.outcome, path.nodes.map(nameOf)[1], path.edges.length]).toEqual(['found', 'page p1', 2])
  const nobody = await ask.path({ source: { type: 'user', key: 'u1' }, target: { type: 'user', key: 'u2' } })
  expect(nobody.outcome).toBe('none')
}
