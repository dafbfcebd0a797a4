import { describe, expect, it } from 'vitest'
import { bearer, harness, keyRing, secrets } from './harness.ts'

const json = { 'content-type': 'application/json' }

function start(app: ReturnType<typeof harness>['app'], body: unknown, headers: Record<string, string> = {}) {
  return app.request('/v1/jobs', {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  })
}

describe('jobs', () => {
  it('are refused for what there is not to do, with the place at fault', async () => {
    const { app } = harness()
    const refused: [unknown, string][] = [
      [{}, 'body.kind'],
      [{ kind: 'polish' }, 'body.kind'],
      [{ kind: 'rederive', stream: 'No' }, 'body.stream'],
      [{ kind: 'rederive', from: 'yesterday' }, 'body.from'],
      [{ kind: 'rederive', segment: 1 }, 'body.segment'],
      [{ kind: 'rederive', pack: 'nope' }, 'pack'],
    ]
    for (const [body, path] of refused) {
      const answer = await start(app, body)
      expect(answer.status).toBe(400)
      expect(((await answer.json()) as { errors: { path: string }[] }).errors[0]!.path).toBe(path)
    }
    expect(await (await app.request('/v1/jobs')).json()).toEqual({ jobs: [] })
  })

  it('are answered before they are done, and tell of themselves until they are', async () => {
    const { app } = harness()
    const answer = await start(app, { kind: 'rederive', from: '2026-01-01T00:00:00Z', unread_only: true })
    expect(answer.status).toBe(202)
    const job = (await answer.json()) as { job_id: string }
    expect(job).toMatchObject({
      ...{ kind: 'rederive', stream: 'events', from: '2026-01-01T00:00:00.000Z', until: null, pack: null },
      ...{ unread_only: true, state: 'waiting', segments: null, events: 0, ended: null, error: null },
    })
    const place = answer.headers.get('location')!
    expect(place).toBe(`/v1/jobs/${job.job_id}`)
    await new Promise(resolve => setTimeout(resolve, 10))
    expect(await (await app.request(place)).json()).toMatchObject({ state: 'done', segments: 0 })
    const second = (await (await start(app, { kind: 'rederive' })).json()) as { job_id: string }
    const { jobs } = (await (await app.request('/v1/jobs')).json()) as { jobs: { job_id: string }[] }
    expect(jobs.map(({ job_id }) => job_id)).toEqual([second.job_id, job.job_id])
  })

  it('are for admins, each for those of its own tenant', async () => {
    const { app } = harness({ keys: await keyRing() })
    expect((await start(app, { kind: 'rederive' }, bearer(secrets.query))).status).toBe(403)
    const answer = await start(app, { kind: 'rederive' }, bearer(secrets.admin))
    const place = answer.headers.get('location')!
    expect((await app.request(place, { headers: bearer(secrets.admin) })).status).toBe(200)
    expect((await app.request(place, { headers: bearer(secrets.ingest) })).status).toBe(403)
    expect((await app.request(place, { headers: bearer(secrets.other) })).status).toBe(404)
  })
})
