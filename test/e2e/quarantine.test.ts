// Refused events: listed and counted, repaired by a patch, by other fields or by a replacement, and counted once however
// often they are tried. At the end the sums of /metrics agree with the receipts.

import { beforeAll, describe, expect, it } from 'vitest'
import type { BatchAnswer } from '../../src/contract/receipt.ts'
import type { RefusalRecord } from '../../src/contract/refusal.ts'
import { type Client, clientOf, json, problemOf } from './client.ts'
import { place, type Served, set } from './serve.ts'

interface Page {
  refusals: RefusalRecord[]
  counts: { code: string; open: number; resolved: number }[]
  next_cursor: string | null
}
interface Replayed {
  replayed: number
  accepted: number
  duplicate: number
  quarantined: number
  outcomes: { refusal_id: string; outcome: string; code?: string; event_id?: string }[]
}

const here = await place()
let service: Served
let client: Client
const sent = { sent: 0, accepted: 0, duplicate: 0, quarantined: 0 }
beforeAll(async () => {
  service = await here.serve(...set({ 'limits.event_bytes_max': 10_000 }))
  client = clientOf(service)
})

const send = async (body: string | Uint8Array, query = '') => {
  const answer: BatchAnswer = await client.send(body, { query })
  for (const name of ['sent', 'accepted', 'duplicate', 'quarantined'] as const) sent[name] += answer[name]
  return answer
}
const list = async (query = '') => (await client.get(`/v1/quarantine?${query}`)).json<Page>()
const replay = async (body: object) => {
  const call = { body: JSON.stringify(body), headers: { 'content-type': json } }
  const answer = await client.call('POST', '/v1/quarantine/replay', call)
  expect(answer.status, answer.text).toBe(200)
  return answer.json<Replayed>()
}

describe('quarantine', () => {
  const bad = [
    ['malformed_json', '{"id":"m","user":}'],
    ['not_an_object', '[1,2]'],
    ['bad_time', '{"id":"t","time":"yesterday"}'],
    ['future_time', '{"id":"f","time":"2999-01-01T00:00:00Z"}'],
    ['too_large', `{"id":"l","pad":"${'p'.repeat(10_000)}"}`],
    ['too_deep', `{"id":"d","a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['bad_id', '{"id":["no","name"]}'],
  ] as const

  it('keeps each refused event with its code, its place and its bytes', async () => {
    const { receipts, quarantined } = await send(['{"id":"good"}', ...bad.map(([, line]) => line)].join('\n'))
    expect(quarantined).toBe(bad.length)
    const { refusals, counts } = await list()
    expect(counts).toEqual(expect.arrayContaining(bad.map(([code]) => ({ code, open: 1, resolved: 0 }))))
    for (const [i, [code, line]] of bad.entries()) {
      const refusal = refusals.find(({ refusal_id }) => refusal_id === receipts[i]!.refusal_id)
      expect(refusal).toMatchObject({
        code,
        position: i + 1,
        raw: line,
        raw_encoding: 'utf8',
        status: 'open',
      })
      expect(receipts[i]).toMatchObject({ code, message: refusal!.message, stage: refusal!.stage })
    }
  })

  it('keeps bytes that are no text as they came', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"id":"'),
      Buffer.from([0xc3, 0x28, 0x00, 0xff]),
      Buffer.from('"}'),
    ])
    await send(bytes)
    const [refusal] = (await list('code=bad_encoding')).refusals
    expect(refusal).toMatchObject({ raw_encoding: 'base64', raw: bytes.toString('base64') })
  })

  it('comes in pages', async () => {
    const all = (await list('limit=1000')).refusals.map(({ refusal_id }) => refusal_id)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = await list(`limit=3${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.refusals.map(({ refusal_id }) => refusal_id))
      cursor = page.next_cursor
    }
    expect(seen).toEqual(all)
    expect(new Set(all).size).toBe(bad.length + 1)
  })
})

describe('a replay', () => {
  it('that mends nothing counts nothing twice', async () => {
    const before = (await list('status=all')).counts
    expect(await replay({ code: 'bad_time' })).toMatchObject({ replayed: 1, quarantined: 1 })
    expect((await list('status=all')).counts).toEqual(before)
  })

  it('with a patch resolves what now passes, once', async () => {
    const [{ refusal_id }] = (await list('code=bad_time')).refusals as [RefusalRecord]
    const mended = await replay({
      code: 'bad_time',
      patch: { time: '2022-05-05T05:05:05Z', extra: { a: 1 } },
    })
    expect(mended).toMatchObject({
      replayed: 1,
      accepted: 1,
      outcomes: [{ refusal_id, outcome: 'accepted', event_id: 't' }],
    })
    expect((await client.get('/v1/events/t/payload')).json()).toEqual({
      id: 't',
      time: '2022-05-05T05:05:05Z',
      extra: { a: 1 },
    })
    expect(await countOf('bad_time')).toEqual({ open: 0, resolved: 1 })
    expect(
      await replay({ refusal_ids: [refusal_id], patch: { time: '2022-05-06T05:05:05Z' } }),
    ).toMatchObject({ replayed: 0 })
    const [resolved] = (await list('code=bad_time&status=resolved')).refusals
    expect(resolved).toMatchObject({ status: 'resolved', resolution: { outcome: 'accepted', event_id: 't' } })
  })

  it('with replacements takes the whole event instead', async () => {
    const [{ refusal_id }] = (await list('code=malformed_json')).refusals as [RefusalRecord]
    const event = { id: 'm', user: 'u1', __proto__x: 1, nested: { constructor: 'c' } }
    expect(await replay({ replacements: { [refusal_id]: event }, refusal_ids: [refusal_id] })).toMatchObject({
      accepted: 1,
    })
    expect((await client.get('/v1/events/m/payload')).json()).toEqual(event)
  })

  it('with replacements alone touches nothing that they do not name', async () => {
    const [{ refusal_id }] = (await list('code=not_an_object')).refusals as [RefusalRecord]
    expect(await replay({ replacements: { [refusal_id]: { id: 'n' } } })).toMatchObject({
      replayed: 1,
      accepted: 1,
    })
    expect(await countOf('future_time')).toEqual({ open: 1, resolved: 0 })
  })

  it('of an event that is there already is a duplicate, and resolves it', async () => {
    const [{ refusal_id }] = (await list('code=too_deep')).refusals as [RefusalRecord]
    const again = await replay({ refusal_ids: [refusal_id], replacements: { [refusal_id]: { id: 'good' } } })
    expect(again).toMatchObject({ duplicate: 1, outcomes: [{ outcome: 'duplicate', event_id: 'good' }] })
    expect(await countOf('too_deep')).toEqual({ open: 0, resolved: 1 })
  })

  it('with a patch keeps the digits of numbers that no double holds', async () => {
    const line = '{"id":"big","time":"never","n":12345678901234567890,"x":1.10,"e":1e400}'
    await send(line)
    const { accepted } = await replay({ code: 'bad_time', patch: { time: '2022-05-05T00:00:00Z' } })
    const payload = await client.get('/v1/events/big/payload')
    if (accepted === 1) expect(payload.text).toContain('12345678901234567890')
    else expect(await countOf('bad_time')).toMatchObject({ open: 1 }) // kept as it came, to be replaced whole
  })

  it('with other fields reads the same bytes anew', async () => {
    await send('{"id":"w","when":{"utc":"2022-07-07T00:00:00Z"},"time":"unknown"}')
    expect(await replay({ code: 'bad_time', time_field: 'when.utc' })).toMatchObject({ accepted: 1 })
    expect(
      (await client.lines('from=2022-07-07&until=2022-07-08')).map(({ event }) => event.event_id),
    ).toEqual(['w'])
  })

  it('takes a patch with a key of the prototype as a key, and no other object changes', async () => {
    await send('{"id":"p","time":"unknown"}')
    const patch =
      '{"code":"bad_time","patch":{"time":"2022-08-08T00:00:00Z","__proto__":{"polluted":true},"constructor":1}}'
    const headers = { 'content-type': json }
    const { status } = await client.call('POST', '/v1/quarantine/replay', { body: patch, headers })
    expect([200, 400]).toContain(status)
    expect((await client.get('/v1/events/m')).text).not.toContain('polluted')
    expect((await client.get('/v1/quarantine')).text).not.toContain('polluted')
  })

  it.each([
    ['that names nothing', {}, '400 bad_request'],
    ['with a misspelt key', { code: 'bad_time', pach: {} }, '400 bad_request'],
    ['of an unknown code', { code: 'nonsense' }, '400 bad_request'],
    ['of more than a page', { code: 'bad_time', limit: 1_000_000 }, '400 bad_request'],
  ])('%s is refused', async (_, body, problem) => {
    const call = { body: JSON.stringify(body), headers: { 'content-type': json } }
    expect(problemOf(await client.call('POST', '/v1/quarantine/replay', call))).toBe(problem)
  })

  it('of ids that there are not does nothing', async () => {
    const refusal_ids = ['nonsense', '../../x', '2020-01-01.0.0-99', '__proto__']
    expect(await replay({ refusal_ids })).toMatchObject({ replayed: 0, outcomes: [] })
  })
})

describe('after all that', () => {
  it('the metrics add up, and agree with the receipts', async () => {
    const [decoded, accepted, duplicate, quarantined] = await Promise.all(
      ['decoded', 'accepted', 'duplicate', 'quarantined'].map(name =>
        client.metric(`alluvium_events_${name}_total`),
      ),
    )
    expect(accepted! + duplicate! + quarantined!).toBe(decoded)
    expect({ sent: decoded, accepted, duplicate, quarantined }).toEqual(sent)
  })

  it('a restart changes no count', async () => {
    const before = (await list('status=all&limit=1000')) as Page
    await service.stop()
    service = await here.serve()
    client = clientOf(service)
    const after = await list('status=all&limit=1000')
    expect(after.counts).toEqual(before.counts)
    expect(after.refusals).toEqual(before.refusals)
  })
})

async function countOf(code: string) {
  const found = (await list('status=all')).counts.find(count => count.code === code)
  return found && { open: found.open, resolved: found.resolved }
}
