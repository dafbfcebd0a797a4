import { describe, expect, it } from 'vitest'
import { toPrometheus } from '../../routes/prometheus.ts'
import type { Metric } from '../../src/contract/service.ts'
import { bearer, harness, keyRing, oneEvent, problemIn, secrets } from './harness.ts'

describe('/healthz and /readyz', () => {
  it('say that it lives and that it is ready', async () => {
    const { app } = harness()
    expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok' })
    expect(await (await app.request('/readyz')).json()).toEqual({ ready: true, details: { queue_bytes: 0 } })
  })

  it('tell each reason for not being ready, and when to look again', async () => {
    const { app, service } = harness()
    service.readinessNow = { ready: false, reasons: ['recovering', 'unheard_of'], details: {} }
    const response = await app.request('/readyz')
    expect(response.headers.get('retry-after')).toBe('1')
    const problem = await problemIn(response)
    expect(problem).toMatchObject({ status: 503, code: 'not_ready' })
    expect(problem.errors.map(({ code }) => code)).toEqual(['recovering', 'unheard_of'])
    expect((await app.request('/healthz')).status).toBe(200)
  })
})

describe('/metrics', () => {
  it('shows the service’s own, requests by route and status, and refused bodies in requests and bytes', async () => {
    const { app, post } = harness({ limits: { body_bytes_max: 1000 } })
    await post(oneEvent)
    await post('x'.repeat(1001))
    await post(oneEvent, { 'content-length': '5000' })
    await post('')
    await app.request('/v1/events/a1')
    await app.request('/v1/events/nothing')
    await app.request('/somewhere')
    await app.request('/elsewhere')
    const response = await app.request('/metrics')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await response.text()
    for (const sample of [
      'alluvium_events_total 1',
      'alluvium_http_request_seconds_count{method="POST",route="/v1/events",status="200"} 1',
      'alluvium_http_request_seconds_bucket{method="POST",route="/v1/events",status="413",le="+Inf"} 2',
      'alluvium_http_request_seconds_count{method="GET",route="/v1/events/{event_id}",status="200"} 1',
      'alluvium_http_request_seconds_count{method="GET",route="/v1/events/{event_id}",status="404"} 1',
      'alluvium_http_request_seconds_count{method="GET",route="(none)",status="404"} 2',
      'alluvium_refused_bodies_total{code="body_too_large"} 2',
      'alluvium_refused_body_bytes_total{code="body_too_large"} 6001',
      'alluvium_refused_bodies_total{code="empty_body"} 1',
      'alluvium_intake_bytes 0',
    ]) {
      expect(text).toContain(`${sample}\n`)
    }
  })

  it('counts a body that was turned away for its key', async () => {
    const { app, post } = harness({ keys: await keyRing() })
    await post(oneEvent, { 'content-length': String(oneEvent.length) })
    const text = await (await app.request('/metrics', { headers: bearer(secrets.admin) })).text()
    expect(text).toContain(`alluvium_refused_body_bytes_total{code="unauthorized"} ${oneEvent.length}\n`)
  })

  it('has buckets that rise and end in the count', async () => {
    const { app } = harness()
    for (let i = 0; i < 20; i++) await app.request('/healthz')
    const text = await (await app.request('/metrics')).text()
    const buckets = [
      ...text.matchAll(/_bucket\{method="GET",route="\/healthz",status="200",le="[^"]+"\} (\d+)/g),
    ].map(match => Number(match[1]))
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b))
    expect(buckets.at(-1)).toBe(20)
  })
})

describe('the text format of Prometheus', () => {
  it('escapes labels and help, and writes infinities as it wants them', () => {
    const metric: Metric = {
      name: 'm',
      kind: 'gauge',
      help: 'a\\b\nc',
      samples: [
        { labels: { l: 'quote " slash \\ line\n' }, value: Number.POSITIVE_INFINITY },
        { labels: {}, value: 1e21 },
        { labels: {}, value: Number.NaN },
      ],
    }
    expect(toPrometheus([metric])).toBe(
      '# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l="quote \\" slash \\\\ line\\n"} +Inf\nm 1e+21\nm NaN\n',
    )
  })
})
