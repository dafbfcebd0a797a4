import { describe, expect, it } from 'vitest'
import { CorruptCatalog } from '../../src/catalog/root.ts'
import { packVersionsMax } from '../../src/contract/packs-service.ts'
import { Refused } from '../../src/contract/refused.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { mapStore } from '../routes/map-store.ts'

const shop = { pack: 'shop', entities: { customer: { key: 'id' } } }

async function refusal(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    error => error,
  )
  expect(thrown).toBeInstanceOf(Refused)
  return (thrown as Refused).message
}

describe('a version', () => {
  it('must be above the last, and within its bound', async () => {
    const registry = new PackRegistry(mapStore())
    await registry.install('t', { ...shop, version: 4 })
    expect(await refusal(registry.install('t', { ...shop, version: 4, text: '{id}' }))).toContain(
      '4 says something else',
    )
    expect(await refusal(registry.install('t', { ...shop, version: 3, text: '{id}' }))).toContain(
      'the last version is 4',
    )
    expect(
      await refusal(registry.install('t', { ...shop, version: packVersionsMax + 1, text: '{id}' })),
    ).toContain('at most')
    expect(await registry.install('t', { ...shop, text: '{id}' })).toEqual({
      name: 'shop',
      version: 5,
      created: true,
    })
  })

  it('of a pack that comes with the service is above that one’s', async () => {
    const registry = new PackRegistry(mapStore())
    expect(await registry.install('t', { pack: 'wiki', text: '{page}' })).toMatchObject({
      version: 2,
      created: true,
    })
    expect(await registry.get('t', 'wiki')).toMatchObject({ version: 2, text: '{page}' })
    expect(await registry.get('t', 'wiki', 1)).toMatchObject({ version: 1, envelope: { event_time: 'time' } })
    expect(await registry.get('other', 'wiki')).toMatchObject({ version: 1 })
  })

  it('is never written twice: who comes second is given the next one', async () => {
    const store = mapStore()
    const [one, two] = [new PackRegistry(store), new PackRegistry(store)]
    const contents = ['{a}', '{b}', '{c}', '{d}']
    const installed = await Promise.all(
      contents.map((text, i) => [one, two][i % 2]!.install('t', { ...shop, text })),
    )
    expect(installed.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4])
    for (const [i, { version }] of installed.entries())
      expect(await new PackRegistry(store).get('t', 'shop', version)).toMatchObject({ text: contents[i] })
  })
})

describe('the same content', () => {
  it('is no new version, and writes nothing', async () => {
    const objects = new Map<string, Uint8Array>()
    const registry = new PackRegistry(mapStore(objects))
    await registry.install('t', shop)
    expect(await registry.install('t', { ...shop, version: 9 })).toEqual({
      name: 'shop',
      version: 1,
      created: false,
    })
    expect(await registry.install('t', (await registry.get('t', 'gaming'))!)).toMatchObject({
      created: false,
    })
    expect([...objects.keys()]).toEqual(['packs/t/shop/000001.json'])
  })
})

describe('a registry', () => {
  it('finds a version by its name that another one installed, though it had looked before', async () => {
    const store = mapStore()
    const [main, thread] = [new PackRegistry(store), new PackRegistry(store)]
    expect(await thread.get('t', 'shop', 1)).toBeUndefined()
    await main.install('t', shop)
    expect(await thread.get('t', 'shop', 1)).toEqual({ ...shop, version: 1 })
    expect(await thread.get('other', 'shop', 1)).toBeUndefined()
  })

  it('lists the newest of each, and where it is from', async () => {
    const auto = { pack: 'auto', version: 12 }
    const registry = new PackRegistry(mapStore(), {
      dynamic: [{ name: 'auto', get: async (_, version = 12) => (version === 12 ? auto : undefined) }],
    })
    await registry.install('t', shop)
    const listed = (await registry.list('t')).map(({ pack, origin }) => [pack.pack, pack.version, origin])
    expect(listed).toEqual([
      ['auto', 12, 'dynamic'],
      ['gaming', 1, 'builtin'],
      ['github', 1, 'builtin'],
      ['shop', 1, 'installed'],
      ['wiki', 1, 'builtin'],
    ])
    expect(await registry.get('t', 'auto', 11)).toBeUndefined()
    expect(await refusal(registry.install('t', { pack: 'auto' }))).toContain('made up by the service itself')
  })

  it('believes no damaged file', async () => {
    const objects = new Map<string, Uint8Array>()
    await new PackRegistry(mapStore(objects)).install('t', shop)
    objects.get('packs/t/shop/000001.json')![20]! ^= 1
    await expect(new PackRegistry(mapStore(objects)).get('t', 'shop')).rejects.toBeInstanceOf(CorruptCatalog)
  })
})
