// More than it can take: the log fills faster than segments are written. It slows producers down with 429, and what
// it took is there, once.

import { describe, expect, it } from 'vitest'
import { clientOf, pause, problemOf, until } from './client.ts'
import { place, set } from './serve.ts'

const bodyCount = 30
const eventsPerBody = 400
const senders = 15
const attemptsMax = 60

const here = await place()
const dataIn = (name: string) => ['--data-dir', here.path(name)]

it('answers 429 over its mark, and loses nothing when all is sent again', async () => {
  const service = await here.serve(
    ...dataIn('slowed'),
    ...set({
      'limits.log_bytes_max': 3_000_000,
      'limits.flush_bytes': 1_000_000,
      'limits.queue_bytes_max': 1_000_000,
      'limits.queue_wait_seconds': 0.01, // so that a machine that is quick enough for all of it meets its mark too
    }),
  )
  const client = clientOf(service)
  const bodies = Array.from({ length: bodyCount }, (_, body) =>
    Array.from({ length: eventsPerBody }, (_, i) =>
      JSON.stringify({ id: `${body}-${i}`, pad: 'p'.repeat(900) }),
    ).join('\n'),
  )
  const answers: Record<string, number> = {}
  let next = 0
  const sendOn = async () => {
    for (let body = next++; body < bodyCount; body = next++) {
      for (let attempt = 1; ; attempt++) {
        const answer = await client.post(bodies[body]!)
        answers[answer.status] = (answers[answer.status] ?? 0) + 1
        if (answer.status === 200) {
          expect(answer.json()).toMatchObject({ accepted: eventsPerBody, duplicate: 0 })
          break
        }
        expect(answer.json()).toMatchObject({ status: 429, code: 'queue_full' })
        const seconds = Number(answer.headers.get('retry-after'))
        expect(seconds).toBeGreaterThanOrEqual(1)
        expect(attempt).toBeLessThan(attemptsMax)
        await pause(seconds * 1000)
      }
    }
  }
  await Promise.all(Array.from({ length: senders }, sendOn))
  expect(answers[429], 'the mark was never met').toBeGreaterThan(0)
  expect(answers[200]).toBe(bodyCount)
  await until(
    'the last is taken',
    async () => (await client.post('{}', { query: '?stream=last&wait=indexed' })).status === 200,
  )
  const lines = await client.lines()
  expect(lines.length).toBe(bodyCount * eventsPerBody)
  expect(new Set(lines.map(({ event }) => event.event_id)).size).toBe(bodyCount * eventsPerBody)
  expect(await client.metric('alluvium_events_accepted_total')).toBe(bodyCount * eventsPerBody + 1)
  expect(await client.metric('alluvium_refused_bodies_total{code="queue_full"}')).toBeGreaterThanOrEqual(
    answers[429]!,
  )
  await until('it is ready again', async () => (await client.get('/readyz')).status === 200)
}, 90_000)

describe('a log that fills before a segment is due', () => {
  it('is let go all the same', async () => {
    const bounds = set({ 'limits.log_bytes_max': 100_000 }) // flush_bytes is far above it
    const service = await here.serve(...dataIn('small'), ...bounds)
    const client = clientOf(service)
    await client.send(JSON.stringify({ id: 'big', pad: 'p'.repeat(200_000) }))
    await until('it takes more', async () => (await client.post('{"id":"more"}')).status === 200)
  })

  it('is let go when it was filled by bodies that were turned away', async () => {
    const bounds = set({ 'limits.log_bytes_max': 100_000, 'limits.batch_events_max': 1 })
    const service = await here.serve(...dataIn('refused'), ...bounds)
    const client = clientOf(service)
    expect(problemOf(await client.post('{}\n'.repeat(50_000)))).toBe('413 too_many_events')
    await until('it takes more', async () => (await client.post('{"id":"again"}')).status === 200)
  })
})

it('keeps nobody waiting for what others send after them', async () => {
  const bounds = set({ 'limits.flush_bytes': 20_000, 'limits.log_bytes_max': 200_000 })
  const service = await here.serve(...dataIn('busy'), ...bounds)
  const client = clientOf(service)
  let waiting = true
  let next = 0
  const sendOn = async () => {
    while (waiting)
      await client.post(JSON.stringify({ id: next++, time: '2024-01-01', pad: 'p'.repeat(5000) }))
  }
  const sending = Promise.all(Array.from({ length: 4 }, sendOn))
  await until('the queue is never empty', async () => (await client.metric('alluvium_publishes_total')) > 3)
  // Either would take as long as the load lasts, if it waited for an empty queue.
  await until('a wait ends', async () => (await client.post('{}', { query: '?wait=indexed' })).status === 200)
  const evict = `/v1/segments/${encodeURIComponent('default/events/2024-01-01/0')}`
  expect((await client.call('DELETE', evict)).status).toBe(204)
  waiting = false
  await sending
}, 60_000)
