// Idempotency-Key: the first answer again, whenever and however often the same request comes.

import { beforeAll, expect, it } from 'vitest'
import { type Client, clientOf, problemOf } from './client.ts'
import { place, type Served } from './serve.ts'

const here = await place()
let service: Served
let client: Client
beforeAll(async () => {
  service = await here.serve()
  client = clientOf(service)
})

const body = '{"what":"no id"}\n{"what":"no id"}\nnot json\n'
const postAs = (key: string, text = body, query = '') =>
  client.post(text, { headers: { 'idempotency-key': key }, query: `?wait=indexed${query}` })
let first: string

it('gives the first answer again, and takes nothing twice', async () => {
  const answer = await postAs('k1')
  expect(answer.json()).toMatchObject({ accepted: 2, quarantined: 1 })
  expect(answer.headers.get('idempotency-replayed')).toBeNull()
  first = answer.text
  await expectAgain()
})

it('refuses another body, or the same body sent differently', async () => {
  expect(problemOf(await postAs('k1', '{"what":"other"}'))).toBe('422 idempotency_conflict')
  expect(problemOf(await postAs('k1', body, '&source=elsewhere'))).toBe('422 idempotency_conflict')
  expect((await client.lines()).length).toBe(2)
})

it('answers all of many that come at once from one batch', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => postAs('k2', '{"n":1}')))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length).toBe(1)
  expect((await client.lines()).length).toBe(3)
})

it('lets one of two bodies win when they come at once under one key', async () => {
  const bodies = Array.from({ length: 10 }, (_, i) => `{"race":${i}}`)
  const answers = await Promise.all(bodies.map(text => postAs('k3', text)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(422)])
  expect((await client.lines()).length).toBe(4)
})

it('does not remember a request that was turned away', async () => {
  expect(problemOf(await postAs('k4', ''))).toBe('400 empty_body')
  expect((await postAs('k4', '{"now":"whole"}')).status).toBe(200)
})

it('still knows it after a kill, from the log', async () => {
  await service.kill()
  service = await here.serve()
  client = clientOf(service)
  await expectAgain()
})

it('still knows it after a restart, from what was published', async () => {
  await service.stop()
  service = await here.serve()
  client = clientOf(service)
  await expectAgain()
  expect(problemOf(await postAs('k1', '{"what":"other"}'))).toBe('422 idempotency_conflict')
})

it.each(['', ' ', 'x'.repeat(256), 'ä'])('refuses the key %j', async key => {
  const answer = await postAs(key, '{"bad":"key"}').catch(() => undefined) // some of them no client can send
  if (answer) expect(problemOf(answer)).toBe('400 bad_request')
})

async function expectAgain(): Promise<void> {
  const again = await postAs('k1')
  expect(again.text).toBe(first)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  const { counts } = (await client.get('/v1/quarantine')).json<{ counts: object[] }>()
  expect(counts).toEqual([{ code: 'malformed_json', open: 1, resolved: 0 }])
}
