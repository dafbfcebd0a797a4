import { describe, expect, it } from 'vitest'
import { harness, oneEvent, problemIn } from './harness.ts'

describe('segments', () => {
  it('are listed with their slice, size and expiry', async () => {
    const { app, post } = harness()
    await post(oneEvent)
    expect(await (await app.request('/v1/segments')).json()).toEqual({
      segments: [
        {
          segment_id: 'default/events/20250601T00/1',
          stream: 'events',
          from: '2025-06-01T00:00:00.000Z',
          until: '2025-06-02T00:00:00.000Z',
          generation: 1,
          first_write: '2025-06-01T12:00:00.412Z',
          expires_at: '2025-07-02T00:00:00.000Z',
          event_count: 2,
          refusal_count: 0,
          raw_bytes: 90,
          stored_bytes: 0,
          part_count: 0,
          columns: [{ name: 'id', path: 'id', type: 'string' }],
          columns_capped: false,
        },
      ],
      as_of: { catalog: 1, writers: { w1: 1 }, exact: true },
    })
  })

  it('are evicted by their URL-encoded id, once', async () => {
    const { app, post } = harness()
    await post(oneEvent)
    const path = `/v1/segments/${encodeURIComponent('default/events/20250601T00/1')}`
    const evicted = await app.request(path, { method: 'DELETE' })
    expect(evicted.status).toBe(204)
    expect(await evicted.text()).toBe('')
    expect(await problemIn(await app.request(path, { method: 'DELETE' }))).toMatchObject({ status: 404 })
    expect(await (await app.request('/v1/segments')).json()).toMatchObject({ segments: [] })
  })

  it('hint at the encoding when the slashes came bare, and refuse parameters', async () => {
    const { app } = harness()
    const bare = await app.request('/v1/segments/default/events/20250601T00/1', { method: 'DELETE' })
    expect(bare.status).toBe(404)
    const unknown = await problemIn(await app.request('/v1/segments/x', { method: 'DELETE' }))
    expect(unknown.detail).toContain('%2F')
    expect((await app.request('/v1/segments?stream=a')).status).toBe(400)
  })
})
