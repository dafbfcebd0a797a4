import { describe, expect, it } from 'vitest'
import { harness, oneEvent, problemIn } from './harness.ts'

const json = { 'content-type': 'application/json' }

function ask({ app }: ReturnType<typeof harness>, body: unknown, headers: Record<string, string> = json) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return app.request('/v1/search', { method: 'POST', body: text, headers })
}

describe('a search that is not valid', () => {
  const refusals: [what: string, body: unknown, path: string][] = [
    ['a misspelt field', { txt: 'a' }, 'txt'],
    ['an empty text', { text: '' }, 'text'],
    ['a text over its bound', { text: 'a'.repeat(20_001) }, 'text'],
    ['no hits', { k: 0 }, 'k'],
    ['more hits than there may be', { k: 1001 }, 'k'],
    ['a part of a hit', { k: 1.5 }, 'k'],
    ['an unknown mode', { mode: 'magic' }, 'mode'],
    ['a vector without a number', { vector: [] }, 'vector'],
    ['a vector of texts', { vector: ['1'] }, 'vector[0]'],
    ['a stream that is none', { stream: 'No Such' }, 'stream'],
    ['a time that is none', { from: 'yesterday' }, 'from'],
    ['too many hops', { near: { node: { type: 'user', key: 'u7' }, hops: 5 } }, 'near.hops'],
    ['a node without a key', { near: { node: { type: 'user' } } }, 'near.node.key'],
    [
      'a condition that says two things',
      { filter: { must: [{ key: 'a', match: 1, exists: true }] } },
      'filter.must[0]',
    ],
    ['a condition that says nothing', { filter: { should: [{ key: 'a' }] } }, 'filter.should[0]'],
    [
      'a latitude beyond the pole',
      {
        filter: { must: [{ key: 'a', geo_radius: { center: { lat: 91, lon: 0 }, radius_m: 1 } }] },
      },
      'filter.must[0].geo_radius.center.lat',
    ],
    ['a fusion of another kind', { fusion: { method: 'sum' } }, 'fusion'],
    ['too many facets', { facets: Array.from({ length: 17 }, (_, i) => `f${i}`) }, 'facets'],
  ]
  it.each(refusals)('is refused where it stands: %s', async (_what, body, path) => {
    const all = harness()
    const { status, code, errors } = await problemIn(await ask(all, body))
    expect([status, code]).toEqual([400, 'bad_request'])
    expect(errors!.map(error => error.path)).toContain(`body.${path}`)
    expect(all.service.searches).toEqual([])
  })

  it('is refused where it asks for several things at once', async () => {
    const { status, detail } = await problemIn(await ask(harness(), { text: 'a', like: 'e1' }))
    expect([status, detail]).toEqual([400, 'ask for one of text, vector and like'])
  })

  it('is refused where it wants words of a vector', async () => {
    const { detail } = await problemIn(await ask(harness(), { vector: [1], mode: 'words' }))
    expect(detail).toBe('a vector has no words: use mode vector or hybrid')
  })

  it('is refused as a body: empty, no JSON, of another type', async () => {
    const codeOf = async (response: Promise<Response> | Response) => (await problemIn(await response)).code
    expect(await codeOf(ask(harness(), ' '))).toBe('empty_body')
    expect(await codeOf(ask(harness(), '{"text":'))).toBe('bad_request')
    expect(await codeOf(ask(harness(), '{}', { 'content-type': 'text/plain' }))).toBe(
      'unsupported_media_type',
    )
  })
})

describe('a search', () => {
  it('may say nothing at all', async () => {
    const all = harness()
    expect((await ask(all, {})).status).toBe(200)
    expect(all.service.searches).toMatchObject([
      { stream: 'events', mode: 'hybrid', k: 10, exact: false, fuzzy: true, prefix: false, facets: [] },
    ])
    expect(all.service.searches[0]!.fusion).toEqual({ method: 'weighted', words: 1, vector: 4 })
  })

  it('is understood in all of its parts', async () => {
    const all = harness()
    const body = {
      stream: 'clicks',
      text: 'a',
      filter: { must: [{ key: 'type', match: 'login' }] },
      from: '2026-01-01T00:00:00Z',
      until: '2026-01-02T01:00:00+01:00',
      near: { node: { type: 'user', key: 'u7' } },
      fusion: { method: 'weighted', words: 2 },
      group_by: 'type',
      facets: ['type'],
      explain: true,
      why_not: 'e1',
    }
    expect((await ask(all, body)).status).toBe(200)
    expect(all.service.searches).toMatchObject([
      {
        stream: 'clicks',
        fromMs: Date.UTC(2026, 0, 1),
        untilMs: Date.UTC(2026, 0, 2),
        near: { node: { type: 'user', key: 'u7' }, hops: 0 },
        fusion: { method: 'weighted', words: 2, vector: 4 },
        groupBy: 'type',
        facets: ['type'],
        explain: true,
        whyNot: 'e1',
        filter: body.filter,
      },
    ])
  })

  it('answers with the events as they were sent, each with its citation', async () => {
    const all = harness()
    await all.post(oneEvent)
    const response = await ask(all, { text: 'login' })
    expect(response.headers.get('cache-control')).toBe('no-store')
    const text = await response.text()
    expect(text).toContain(oneEvent.trim())
    const { hits, ...rest } = JSON.parse(text) as { hits: Record<string, unknown>[] }
    expect(hits).toMatchObject([
      { event_id: 'a1', same_text: 1, citation: expect.stringMatching(/^alluvium:event\//) },
    ])
    expect(rest).toMatchObject({ count: 1, facets: {}, notes: [], partial: false, as_of: { exact: true } })
  })

  it('says that a damaged part was left out', async () => {
    const all = harness()
    all.service.partial = true
    expect(await (await ask(all, {})).json()).toMatchObject({ partial: true })
  })
})
