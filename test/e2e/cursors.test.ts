// Pages that fit together: a cursor holds the version of the first page, whatever comes in or is sealed between them, and
// shows nothing that has been evicted.

import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, clientOf, problemOf, until } from './client.ts'
import { place, set } from './serve.ts'

const days = ['2021-03-01', '2021-03-02', '2021-03-03']
const perDay = 40

const here = await place()
let client: Client
beforeAll(async () => {
  client = clientOf(await here.serve(...set({ 'limits.flush_seconds': 1 })))
  for (const day of days) await client.send(eventsOf(day, 'first'))
})

interface Page {
  events: { event_id: string; event_time: string }[]
  next_cursor: string | null
  as_of: { writers: Record<string, number> }
}
const page = async (query: string) => (await client.get(`/v1/events?${query}`)).json<Page>()

describe('a cursor', () => {
  it.each(['asc', 'desc'])('shows what was there at the first page, in order %s', async order => {
    const query = `order=${order}&limit=30`
    const first = await page(query)
    const seen = [...first.events]
    const expected = (await page(`order=${order}&limit=1000`)).events.map(({ event_id }) => event_id)
    let cursor = first.next_cursor
    for (let pages = 0; cursor !== null; pages++) {
      await client.send(eventsOf(days[pages % days.length]!, `between-${order}-${pages}`))
      if (pages === 1)
        await until('a seal has moved all', async () => (await client.metric('alluvium_open_bytes')) === 0)
      const next = await page(`${query}&cursor=${cursor}`)
      expect(next.as_of.writers).toEqual(first.as_of.writers)
      seen.push(...next.events)
      cursor = next.next_cursor
    }
    expect(seen.map(({ event_id }) => event_id)).toEqual(expected)
    expect(expected.length).toBeGreaterThanOrEqual(days.length * perDay)
  })

  it('shows nothing of a segment that is evicted between two pages', async () => {
    const first = await page('limit=5&source=default')
    expect(first.events.every(({ event_time }) => event_time.startsWith(days[0]!))).toBe(true)
    const evict = `/v1/segments/${encodeURIComponent(`default/events/${days[1]}/0`)}`
    expect((await client.call('DELETE', evict)).status).toBe(204)
    const rest = await page(`limit=10000&source=default&cursor=${first.next_cursor}`)
    const left = new Set(rest.events.map(({ event_time }) => event_time.slice(0, 10)))
    expect(left).toEqual(new Set([days[0], days[2]]))
  })

  it('answers the question that it was made for and no other', async () => {
    const { next_cursor: cursor } = await page('limit=5')
    for (const query of [
      'type=x',
      'order=desc',
      'stream=other',
      'from=2021-03-02',
      'entity_id=e',
      'source=s',
    ])
      expect(problemOf(await client.get(`/v1/events?limit=5&${query}&cursor=${cursor}`)), query).toBe(
        '400 bad_cursor',
      )
    expect(problemOf(await client.get(`/v1/quarantine?cursor=${cursor}`))).toBe('400 bad_cursor')
    expect((await page(`limit=9&cursor=${cursor}`)).events.length).toBe(9) // a page may be of another size
  })

  it('that was made up is refused', async () => {
    const { next_cursor: cursor } = await page('limit=5')
    const fields = JSON.parse(Buffer.from(cursor!, 'base64url').toString()) as unknown[]
    const forged = [
      ['no segment', 1, 'nonsense'],
      ['a folder', 1, '../../etc/passwd'],
      ['no text', 1, 7],
      ['nothing', 1, null],
      ['before the beginning', 2, -1],
      ['a fraction', 2, 0.5],
      ['no number', 0, 'x'],
    ] as const
    const texts = ['x', '%00', '====', 'a'.repeat(4096), 'bnVsbA', 'e30', cursor!.slice(0, -3)]
    for (const [, at, value] of forged) {
      const other = fields.map((field, i) => (i === at ? value : field))
      texts.push(Buffer.from(JSON.stringify(other)).toString('base64url'))
    }
    for (const text of texts)
      expect(problemOf(await client.get(`/v1/events?limit=5&cursor=${text}`)), text).toBe('400 bad_cursor')
  })
})

it('gives pages in the order of time, whole slices at a time', async () => {
  const slices = (await client.lines()).map(({ event }) => event.segment_id)
  expect(slices).toEqual([...slices].sort())
})

function eventsOf(day: string, prefix: string): string {
  return Array.from({ length: perDay }, (_, i) => {
    const second = String(i % 60).padStart(2, '0')
    return JSON.stringify({ id: `${prefix}-${day}-${i}`, time: `${day}T12:00:${second}Z` })
  }).join('\n')
}
