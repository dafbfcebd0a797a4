// Packs while events flow: what is installed reads what comes from then on, and says of the envelope what the request does
// not.

import { beforeAll, expect, it } from 'vitest'
import { type Client, clientOf, problemOf } from './client.ts'
import { type Asking, asking } from './knowledge.ts'
import { place, type Served } from './serve.ts'

const shop = (version: number) => `
pack: shop
version: ${version}
envelope:
  event_id: order_no
  event_time: placed_at
  entity_id: customer
  type: kind
entities:
  customer: { key: customer }
  product: { key: sku }
edges:
  - customer -${version === 1 ? 'bought' : 'ordered'}-> product
text: "{note}"
`

const order = (number: number, more: object = {}) =>
  JSON.stringify({
    order_no: `o${number}`,
    placed_at: `2026-03-01T10:00:${String(number % 60).padStart(2, '0')}Z`,
    customer: `c${number % 3}`,
    sku: `s${number % 5}`,
    kind: 'order',
    note: `order number ${number} of a green lamp`,
    ...more,
  })

const here = await place()
let service: Served
let client: Client
let ask: Asking

beforeAll(async () => {
  service = await here.serve('--set', 'retention_days=36500')
  client = clientOf(service)
  ask = asking(client)
})

const install = (text: string) =>
  client.call('PUT', '/v1/catalog/packs/shop', {
    body: text,
    headers: { 'content-type': 'application/yaml' },
  })

it('refuses a body that names a pack which is not there, and tells which was meant', async () => {
  expect((await install(shop(1))).status).toBe(201)
  const answer = await client.post(order(0), { query: '?pack=shpo' })
  expect(problemOf(answer)).toBe('400 bad_request')
  expect(answer.json()).toMatchObject({
    detail: 'there is no pack shpo: did you mean shop?',
    errors: [{ path: 'pack', code: 'unknown_pack' }],
  })
})

it('takes the envelope from the fields that the pack names, unless the request names others', async () => {
  const named = await client.send(order(1), { query: '?pack=shop&receipts=all' })
  expect(named.receipts).toMatchObject([{ event_id: 'o1', event_time: '2026-03-01T10:00:01.000Z' }])
  const query = '?pack=shop&receipts=all&id_field=sku'
  expect((await client.send(order(2), { query })).receipts).toMatchObject([
    { event_id: 's2', event_time: '2026-03-01T10:00:02.000Z' },
  ])
  const { hits } = await ask.search({ filter: { must: [{ key: 'entity_id', match: 'c1' }] } })
  expect(hits.map(({ event }) => [event.event_id, event.type])).toEqual([['o1', 'order']])
})

it('reads by the new version what comes behind it, while events flow', async () => {
  let stopped = false
  let sent = 100
  const flowing = (async () => {
    while (!stopped) await client.send(order(sent++), { query: '?pack=shop' })
  })()
  expect((await install(shop(2))).json()).toEqual({ name: 'shop', version: 2, created: true })
  const firstNew = sent + 1 // one may have been on its way
  const more = sent + 20
  while (sent < more) await new Promise(resolve => setTimeout(resolve, 10))
  stopped = true
  await flowing
  const readBy = async (version: number) => {
    const filter = { must: [{ key: 'pack_version', match: version }] }
    return new Set((await ask.search({ filter, k: 1000 })).hits.map(({ event_id }) => event_id))
  }
  const [first, second] = [await readBy(1), await readBy(2)]
  expect(first.has('o1') && !second.has('o1')).toBe(true)
  for (let number = firstNew; number < sent; number++)
    expect(second.has(`o${number}`) && !first.has(`o${number}`), `order ${number}`).toBe(true)
  const { notes } = await ask.search({ text: 'green lamp', mode: 'words' })
  expect(notes).toEqual(['events were read by several versions of a pack: shop@1, shop@2'])
})

it('keeps edges of both versions, each by its name', async () => {
  const found = await ask.node('product s1')
  expect(found?.degrees.map(({ type }) => type).sort()).toEqual(['bought', 'ordered'])
})

it('has both versions after a restart', async () => {
  await service.kill()
  service = await here.serve('--set', 'retention_days=36500')
  client = clientOf(service)
  ask = asking(client)
  const { notes } = await ask.search({ text: 'green lamp', mode: 'words' })
  expect(notes).toEqual(['events were read by several versions of a pack: shop@1, shop@2'])
  expect((await client.get('/v1/catalog/packs/shop?version=1')).json()).toMatchObject({ version: 1 })
  expect(problemOf(await install(shop(1)))).toBe('422 bad_pack')
})

it('makes up the same pack for events that name none, before and after it is killed', async () => {
  const line = (i: number) =>
    JSON.stringify({
      id: `a${i}`,
      time: new Date(Date.UTC(2026, 2, 2) + i * 1000).toISOString(),
      customer_id: `customer-${i % 40}`,
      product_id: `product-${(i * 7) % 60}`,
      action: ['view', 'buy', 'return'][i % 3],
      comment: `comment ${i} about ${['a lamp', 'a chair', 'a table'][i % 3]} that came late`,
    })
  const lines = Array.from({ length: 1200 }, (_, i) => line(i))
  for (let at = 0; at < lines.length; at += 50)
    await client.send(lines.slice(at, at + 50).join('\n'), { query: '?stream=unread' })
  const unread = asking(client, 'unread')
  const asked = async (ask: Asking) => ({
    pack: (await client.get('/v1/catalog/packs/auto?stream=unread')).json().pack,
    customer: { ...(await ask.node('customer customer-7')), as_of: undefined },
    hits: (await ask.search({ text: 'a chair that came late', k: 50 })).hits,
  })
  const before = await asked(unread)
  expect(before.customer).toMatchObject({ type: 'customer', key: 'customer-7' })
  await service.kill()
  service = await here.serve('--set', 'retention_days=36500')
  client = clientOf(service)
  expect(await asked(asking(client, 'unread'))).toEqual(before)
})
