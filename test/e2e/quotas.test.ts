// What one tenant may use: above it that tenant alone is told to wait, however it sends its bytes.

import { beforeAll, expect, it } from 'vitest'
import { type Client, clientOf, problemOf, until } from './client.ts'
import { keyFlags, keyOf } from './keys.ts'
import { place, type Served, set } from './serve.ts'

const bytesPerSecond = 1000
/** A quota lets ten seconds' worth come at once. */
const burstBytes = 10 * bytesPerSecond
const storedBytesMax = 50_000

const here = await place()
const flags = [
  ...keyFlags('slow', 'announced', 'streamed', 'small', 'free'),
  ...set({
    'quotas.tenants.slow.ingest_bytes_per_second': bytesPerSecond,
    'quotas.tenants.announced.ingest_bytes_per_second': bytesPerSecond,
    'quotas.tenants.streamed.ingest_bytes_per_second': bytesPerSecond,
    'quotas.tenants.small.stored_bytes_max': storedBytesMax,
    'limits.flush_seconds': 1,
  }),
]
let service: Served
beforeAll(async () => {
  service = await here.serve(...flags)
})
const clientIn = (tenant: string) => clientOf(service, keyOf(tenant))

it('slows a tenant down to its rate, says how long, and lets it go on then', async () => {
  const slow = clientIn('slow')
  await slow.send(bodyOf(burstBytes))
  const refused = await slow.post(bodyOf(2000))
  expect(problemOf(refused)).toBe('429 quota_exceeded')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  await until('its bucket has filled', async () => (await slow.post(bodyOf(2000))).status === 200)
  expect((await clientIn('free').post(bodyOf(2 * burstBytes))).status).toBe(200)
})

it('counts bytes that were not announced', async () => {
  await expectBound(clientIn('streamed'), body => ({ body: new Blob([body as BlobPart]).stream() }))
})

it('counts bytes that were', async () => {
  await expectBound(clientIn('announced'), body => ({ body }))
})

it('bounds what a tenant keeps, until it lets some of it go', async () => {
  await clientIn('small').send(bodyOf(storedBytesMax + 1000))
  const isRefused = async () => problemOf(await clientIn('small').post('{"id":"x"}')) === '429 quota_exceeded'
  await until('what it keeps is known', isRefused)
  await service.stop()
  service = await here.serve(...flags)
  expect(await isRefused(), 'a restart forgot what it keeps').toBe(true)
  const small = clientIn('small')
  expect((await small.lines()).length).toBeGreaterThan(0)
  const { segments } = (await small.get('/v1/segments')).json<{ segments: { segment_id: string }[] }>()
  for (const { segment_id } of segments)
    expect((await small.call('DELETE', `/v1/segments/${encodeURIComponent(segment_id)}`)).status).toBe(204)
  await until(
    'it may send again',
    async () => (await small.post('{"id":"y"}', { query: '?reopen=true' })).status === 200,
  )
})

/** Three times the burst in pieces of its half: the last ones are refused. */
async function expectBound(
  client: Client,
  shape: (body: Uint8Array) => { body: Uint8Array | ReadableStream<Uint8Array> },
): Promise<void> {
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await client.post(shape(bodyOf(burstBytes / 2)).body)).status)
  expect(statuses.filter(status => status === 429).length).toBeGreaterThan(1)
}

function bodyOf(bytes: number): Uint8Array {
  return Buffer.from(`{"pad":"${'p'.repeat(bytes - 10)}"}`)
}
