import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bearer, harness, keyRing, problemIn, secrets } from './harness.ts'

const shop = 'pack: shop\nentities:\n  customer: { key: customer_id }\n'
const yaml = { 'content-type': 'application/yaml' }

function put(app: ReturnType<typeof harness>['app'], body: string, headers: Record<string, string> = yaml) {
  return app.request('/v1/catalog/packs/shop', { method: 'PUT', body, headers })
}

describe('a pack that is not valid', () => {
  it('is refused with the line and the column of each fault', async () => {
    const { app } = harness()
    const response = await put(app, 'pack: shop\nentitys: {}\nsessions: {}\nedges:\n  - a -b-> c\n')
    expect(response.status).toBe(422)
    const { code, detail, errors } = await problemIn(response)
    expect(code).toBe('bad_pack')
    expect(detail).toContain('line 2, entitys: "entitys" is not known here; did you mean entities?')
    expect(errors).toMatchObject([
      { line: 2, column: 1, path: 'entitys' },
      { line: 3, column: 1, path: 'sessions', message: expect.stringContaining('not yet understood') },
    ])
  })

  it('is refused where it has another name than the path', async () => {
    const { app } = harness()
    const { status, detail } = await problemIn(await put(app, 'pack: other'))
    expect([status, detail]).toEqual([422, 'pack: the pack names itself other, and the path shop'])
  })

  it('is refused where its version is not above the last', async () => {
    const { app } = harness()
    await put(app, `${shop}version: 5\n`)
    const { status, detail } = await problemIn(await put(app, `${shop}version: 5\ntext: '{a}'\n`))
    expect(status).toBe(422)
    expect(detail).toBe('version: 5 says something else already; the last version is 5')
  })

  it('is refused over its bound, in another type, or without anything in it', async () => {
    const { app } = harness()
    const codeOf = async (response: Response | Promise<Response>) => (await problemIn(await response)).code
    expect(await codeOf(put(app, `${shop}# ${'x'.repeat(300_000)}`))).toBe('body_too_large')
    expect(await codeOf(put(app, shop, { 'content-type': 'text/plain' }))).toBe('unsupported_media_type')
    expect(await codeOf(put(app, ' \n'))).toBe('empty_body')
  })
})

describe('a pack', () => {
  it('is installed in YAML or JSON, and the same again is no new version', async () => {
    const { app } = harness()
    const first = await put(app, shop)
    expect(first.status).toBe(201)
    expect(first.headers.get('location')).toBe('/v1/catalog/packs/shop?version=1')
    expect(await first.json()).toEqual({ name: 'shop', version: 1, created: true })
    const json = { 'content-type': 'application/json' }
    const again = await put(app, JSON.stringify({ ...(parse(shop) as object), version: 9 }), json)
    expect(again.status).toBe(200)
    expect(await again.json()).toEqual({ name: 'shop', version: 1, created: false })
    const next = await put(app, `${shop}text: '{customer_id}'\n`)
    expect(await next.json()).toEqual({ name: 'shop', version: 2, created: true })
  })

  it('is read in each of its versions, as JSON or YAML, with an ETag', async () => {
    const { app } = harness()
    await put(app, shop)
    await put(app, `${shop}text: '{customer_id}'\n`)
    const newest = await app.request('/v1/catalog/packs/shop')
    expect(await newest.json()).toMatchObject({ pack: 'shop', version: 2, text: '{customer_id}' })
    const old = await app.request('/v1/catalog/packs/shop?version=1', {
      headers: { accept: 'application/yaml' },
    })
    expect(old.headers.get('content-type')).toBe('application/yaml')
    expect(parse(await old.text())).toEqual({ ...(parse(shop) as object), version: 1 })
    const etag = newest.headers.get('etag')!
    expect(etag).not.toBe(old.headers.get('etag'))
    const known = await app.request('/v1/catalog/packs/shop', { headers: { 'if-none-match': etag } })
    expect([known.status, await known.text()]).toEqual([304, ''])
    expect((await app.request('/v1/catalog/packs/shop?version=3')).status).toBe(404)
    expect((await app.request('/v1/catalog/packs/nowhere')).status).toBe(404)
  })

  it('is listed beside those that come with the service', async () => {
    const { app } = harness()
    await put(app, shop)
    const { packs } = (await (await app.request('/v1/catalog/packs')).json()) as { packs: object[] }
    expect(packs).toMatchObject([
      { name: 'gaming', origin: 'builtin', entities: expect.arrayContaining(['member', 'vip_group']) },
      { name: 'github', origin: 'builtin', edges: expect.arrayContaining(['starred']) },
      { name: 'shop', origin: 'installed', version: 1, entities: ['customer'], edges: [] },
      { name: 'wiki', origin: 'builtin', entities: ['page', 'user', 'channel', 'country'] },
    ])
  })

  it('is installed by an admin, read by any who may ask, and seen by its tenant alone', async () => {
    const { app } = harness({ keys: await keyRing() })
    expect((await put(app, shop, { ...yaml, ...bearer(secrets.query) })).status).toBe(403)
    expect((await put(app, shop, { ...yaml, ...bearer(secrets.admin) })).status).toBe(201)
    const read = (secret: string) => app.request('/v1/catalog/packs/shop', { headers: bearer(secret) })
    expect((await read(secrets.query)).status).toBe(200)
    expect((await read(secrets.other)).status).toBe(404)
  })
})
