// Everything at once for a while: producers, readers, seals every moment, merges, deletions and replays. Nothing may
// break, no answer may be a 5xx, and what is left at the end is what was acknowledged and not deleted.

import { expect, it } from 'vitest'
import { type Answer, type Client, clientOf, json, pause } from './client.ts'
import { place, set } from './serve.ts'

const seconds = 30
const days = ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04']
/** A day that is never deleted, so that at the end something is known to be there. */
const keptDay = '2024-01-09'

const here = await place()

it('holds while segments are written, merged, read and deleted all at once', async () => {
  const flags = set({ 'limits.flush_bytes': 20_000, 'limits.runs_max': 3, 'limits.log_bytes_max': 300_000 })
  const service = await here.serve(...flags)
  const client = clientOf(service)
  const kept = new Set<string>()
  const deleted = new Map<string, number>()
  const endMs = Date.now() + seconds * 1000
  let next = 0

  const forever = async (work: () => Promise<unknown>) => {
    while (Date.now() < endMs) await work()
  }
  await Promise.all([
    ...[1, 2, 3].map(() => forever(produce)),
    forever(read),
    forever(remove),
    forever(replay),
  ])
  await client.send('{"the":"last"}')
  expect(await client.metric('alluvium_parts')).toBeGreaterThan(0)
  await expectKept(client)
  expect([...deleted.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10)
  expect(await client.metric('alluvium_corrupt_parts_total')).toBe(0)
  const { code, stderr } = await service.stop()
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain('"level":"error"')
  const again = await here.serve(...flags)
  await expectKept(clientOf(again))
  await again.stop()
  expect((await here.alluvium('verify', '--data-dir', service.dataDir)).code).toBe(0)

  async function produce(): Promise<void> {
    const number = next++
    const ids = Array.from({ length: 20 }, (_, i) => `${number}-${i}`)
    const events = ids.map((id, i) => {
      const day = i === 0 ? keptDay : days[(number + i) % days.length]
      return JSON.stringify({ id, time: `${day}T00:00:00Z`, pad: 'p'.repeat(300), [`f${number % 50}`]: i })
    })
    const answer = await client.post([...events, '{"id":"bad","time":"never"}'].join('\n'), {
      query: '?reopen=true',
    })
    expectNoFault(answer)
    if (answer.status === 200) kept.add(ids[0]!)
    else await pause(100)
  }

  async function read(): Promise<void> {
    let cursor = ''
    do {
      const answer = await client.get(`/v1/events?limit=500${cursor && `&cursor=${cursor}`}`)
      expectNoFault(answer)
      const page = answer.json<{
        events: { payload: { id: string } }[]
        next_cursor: string | null
        partial: boolean
      }>()
      expect(page.partial).toBe(false)
      cursor = page.next_cursor ?? ''
    } while (cursor !== '' && Date.now() < endMs)
  }

  async function remove(): Promise<void> {
    const { segments } = (await client.get('/v1/segments')).json<{ segments: { segment_id: string }[] }>()
    for (const { segment_id } of segments) {
      if (!days.some(day => segment_id.includes(day))) continue
      const answer = await client.call('DELETE', `/v1/segments/${encodeURIComponent(segment_id)}`)
      expect([204, 404]).toContain(answer.status)
      deleted.set(segment_id, (deleted.get(segment_id) ?? 0) + (answer.status === 204 ? 1 : 0))
      await pause(200)
    }
  }

  async function replay(): Promise<void> {
    const body = JSON.stringify({
      code: 'bad_time',
      limit: 20,
      patch: { id: `mended-${next}`, time: `${days[0]}T00:00:00Z` },
      reopen: true,
    })
    expectNoFault(
      await client.call('POST', '/v1/quarantine/replay', { body, headers: { 'content-type': json } }),
    )
    await pause(300)
  }

  async function expectKept(from: Client): Promise<void> {
    const ids = (await from.lines(`from=${keptDay}&until=2024-01-10`)).map(({ event }) => event.event_id)
    expect(ids.length).toBe(new Set(ids).size)
    expect(new Set(ids)).toEqual(kept)
  }
}, 240_000)

function expectNoFault({ status, text }: Answer): void {
  expect([200, 429], text.slice(0, 500)).toContain(status)
}
