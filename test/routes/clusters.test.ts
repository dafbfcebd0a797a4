import { describe, expect, it } from 'vitest'
import { harness, problemIn } from './harness.ts'

describe('the clusters of a stream', () => {
  it('refuse what is no parameter', async () => {
    const { app } = harness()
    expect((await problemIn(await app.request('/v1/catalog/clusters?k=3'))).code).toBe('bad_request')
    expect((await problemIn(await app.request('/v1/catalog/clusters?entity='))).code).toBe('bad_request')
  })

  it('are told with their size, their labels and the version of their model', async () => {
    const answer = await harness().app.request('/v1/catalog/clusters?stream=events')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      texts: {
        model_version: 3,
        clusters: [{ id: 0, events: 2, texts: ['crash'], expired_share: null }],
      },
      behaviour: { model_version: 2, entities: 1, clusters: [{ id: 0, entities: 1, types: ['search'] }] },
      entity: null,
      partial: false,
    })
  })

  it('tell the cluster of an entity, null of one that is not known', async () => {
    const { app } = harness()
    const entityOf = async (id: string) => {
      const answer = await app.request(`/v1/catalog/clusters?entity=${id}`)
      return ((await answer.json()) as { entity: unknown }).entity
    }
    expect(await entityOf('u7')).toEqual({ id: 'u7', cluster: 0, events: 12 })
    expect(await entityOf('u8')).toBeNull()
  })
})
