import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { packSchema } from '../../../src/contract/pack.ts'
import { AutoPack, type AutoSnapshot, fieldsMax } from '../../../src/pack/auto/auto-pack.ts'
import { edgesMax } from '../../../src/pack/auto/edges.ts'
import { entitiesMax } from '../../../src/pack/auto/entities.ts'
import { exportYaml } from '../../../src/pack/auto/export-yaml.ts'
import { compilePack } from '../../../src/pack/compile.ts'
import { meaningFaults } from '../../../src/pack/meaning.ts'
import { parsePack } from '../../../src/pack/parse.ts'
import { knownDomains } from './domains.ts'
import { streamOf, wordOf } from './streams.ts'
import { show, watched } from './watched.ts'

const shop = knownDomains[0]!

describe('the first event', () => {
  it('is enough to begin with', () => {
    const { pack } = watched([{ user: 'bob', action: 'login', ip: '1.2.3.4' }])
    expect(pack.entities).toEqual({ user: { key: 'user' }, ip: { key: 'ip' } })
    expect(pack.edges).toEqual([
      { edge: 'user -login-> ip', when: { action: 'login' } },
      { edge: 'user -with-> ip', when: { action: { not: ['login'] } } },
    ])
    expect(pack.text).toEqual(['user', 'action'])
    expect(pack.version).toBe(2)
  })

  it('may be one of any language', () => {
    const keys = (event: object) => Object.keys(watched([event]).pack.entities ?? {}).sort()
    expect(keys({ kunde: 'k1', bestellnummer: 'B-7' })).toContain('kunde')
    expect(keys({ benutzer_id: 'x', gerät: 'y' })).toEqual(['benutzer', 'gerat'])
    expect(keys({ 用户: 'x', 设备: 'y' })).toEqual(['device', 'user'])
    expect(keys({ utilisateur: 'a', produit: 'b' })).toEqual(['produit', 'utilisateur'])
  })

  it('takes the fields of one object for one thing, and the readable one for its key', () => {
    const { pack } = watched([
      { actor: { id: 17, login: 'ada' }, repo: { id: 4, name: 'ada/engine' }, type: 'PushEvent' },
    ])
    expect(pack.entities).toEqual({
      actor: { key: 'actor.login', attributes: { id: 'actor.id' } },
      repo: { key: 'repo.name', attributes: { id: 'repo.id' } },
    })
    expect(pack.edges).toContainEqual({ edge: 'actor -push-> repo', when: { type: 'PushEvent' } })
  })
})

describe('bounds', () => {
  it('watches so many fields and no more', () => {
    const auto = AutoPack.start()
    for (let from = 0; from < 3000; from += 500) {
      const names = Array.from({ length: 500 }, (_, i) => [`user_${wordOf(from + i)}`, `v${i}`])
      show(auto, [Object.fromEntries(names)])
    }
    const { fields, entities, edges } = auto.explain()
    expect(fields.length).toBe(fieldsMax)
    expect(entities.length).toBe(entitiesMax)
    expect(edges.length).toBeLessThanOrEqual(edgesMax)
    expect(packSchema.safeParse(auto.pack).success).toBe(true)
  })

  it('leaves fields alone that no pack could name', () => {
    const auto = watched([{ 'a[b]': 'x', '': 'y', ['long'.repeat(100)]: 'z', user: 'bob' }])
    expect(auto.explain().fields.map(({ field }) => field)).toEqual(['user'])
  })

  it('makes a pack that can be run of whatever comes', () => {
    const names = [
      'id',
      'user',
      'type',
      'ünï',
      '用户',
      'a b',
      'a.b',
      'x[]',
      '{y}',
      '',
      'tags',
      'URL',
      '__proto__',
      '-',
      '9',
    ]
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      const pick = <T>(of: readonly T[]): T => of[Math.floor(of.length * random())]!
      const value = (depth: number): unknown => {
        const kind = Math.floor((depth > 3 ? 6 : 9) * random())
        if (kind === 0) return pick([null, true, false, '', 0, -1.5e300, 12345678901234567890n.toString()])
        if (kind < 4)
          return `${pick(['u', 'Order ', '', '\u0000', '😀', 'a -b-> c'])}${Math.floor(30 * random())}`
        if (kind < 6) return Math.floor(1e4 * random())
        if (kind === 6) return Array.from({ length: Math.floor(4 * random()) }, () => value(depth + 1))
        return object(depth + 1)
      }
      const object = (depth: number): object =>
        Object.fromEntries(
          Array.from({ length: 1 + Math.floor(7 * random()) }, () => [pick(names), value(depth)]),
        )
      const auto = AutoPack.start()
      for (let batch = 0; batch < 6; batch++) {
        show(
          auto,
          Array.from({ length: 60 }, () => object(0)),
        )
        expect(meaningFaults(packSchema.parse(auto.pack)), `seed ${seed}`).toEqual([])
        expect(() => compilePack(auto.pack), `seed ${seed}`).not.toThrow()
        expect(parsePack(exportYaml(auto.explain())), `seed ${seed}`).toEqual({ pack: auto.pack })
      }
    }
  })

  it('makes nothing of events that say nothing', () => {
    const auto = watched([{}, { a: null, b: '' }])
    expect(auto.pack.entities).toBeUndefined()
    expect(auto.pack.text).toBeUndefined()
    expect(auto.pack.version).toBe(1)
  })
})

describe('decisions', () => {
  it('are a function of the batches', () => {
    const { events } = streamOf(shop, { seed: 3, language: 'opaque' })
    const packs = [watched(events, 100), watched(events, 100)].map(auto => JSON.stringify(auto.snapshot()))
    expect(packs[0]).toBe(packs[1])
  })

  it('come out the same after a restart in the middle', () => {
    for (const seed of [1, 2, 3]) {
      const { events } = streamOf(shop, { seed, language: 'english', eventCount: 1200 })
      const cut = 100 * Math.ceil(seededRandom(seed)() * 11)
      const before = watched(events.slice(0, cut), 100)
      const kept = JSON.parse(JSON.stringify(before.snapshot())) as AutoSnapshot
      const restored = AutoPack.restore(kept)
      expect(restored.pack, `seed ${seed}`).toEqual(before.pack)
      expect(restored.explain(), `seed ${seed}`).toEqual(before.explain())
      const after = watched(events.slice(cut), 100, restored)
      const whole = watched(events, 100)
      expect(JSON.stringify(after.snapshot()), `seed ${seed}`).toBe(JSON.stringify(whole.snapshot()))
    }
  })

  it('are few: what was decided stays decided', () => {
    for (const domain of knownDomains) {
      for (const seed of [1, 2, 3, 4]) {
        const { events } = streamOf(domain, { seed, language: 'english', eventCount: 3000 })
        expect(watched(events, 50).pack.version, `${domain.name}, seed ${seed}`).toBeLessThanOrEqual(7)
      }
    }
  })

  it('give a name once and for all', () => {
    const { events } = streamOf(shop, { seed: 5, language: 'english', eventCount: 2000 })
    const auto = AutoPack.start()
    const keys = new Map<string, string>()
    for (let from = 0; from < events.length; from += 40) {
      show(auto, events.slice(from, from + 40))
      for (const { name, key } of auto.explain().entities) {
        expect(keys.get(name) ?? key).toBe(key)
        keys.set(name, key)
      }
    }
  })

  it('take in a field that comes late', () => {
    const auto = watched(Array.from({ length: 20_000 }, (_, i) => ({ user: `u${i % 97}`, n: i })))
    show(
      auto,
      Array.from({ length: 400 }, (_, i) => ({ user: `u${i % 97}`, host: `h-${i % 9}` })),
    )
    expect(auto.pack.entities).toHaveProperty('host')
    expect(auto.explain().edges.map(({ edge }) => edge)).toContain('user -with-> host')
  })

  it('let values speak where names are wrong', () => {
    const random = seededRandom(4)
    const events = Array.from({ length: 2000 }, () => ({
      user: random() * 100,
      amount: `ord-${Math.floor(300 * random() ** 2)}`,
    }))
    const roles = Object.fromEntries(
      watched(events)
        .explain()
        .fields.map(({ field, role }) => [field, role]),
    )
    expect(roles).toEqual({ user: 'measure', amount: 'identity' })
  })
})

describe('what is made of things', () => {
  it('tells a city where it is, and no order', () => {
    const random = seededRandom(8)
    const events = Array.from({ length: 2000 }, () => {
      const customer = Math.floor(60 * random())
      return {
        customer: `c-${customer}`,
        order: `o-${Math.floor(900 * random())}`,
        country: ['de', 'fr', 'it'][customer % 3],
      }
    })
    const { pack } = watched(events)
    expect(pack.entities).toMatchObject({
      customer: { attributes: { country: 'country' } },
      order: { key: 'order' },
    })
  })

  it('takes two fields that tell each other for one thing, whatever they are called', () => {
    const random = seededRandom(9)
    const events = Array.from({ length: 2000 }, () => {
      const one = Math.floor(200 * random() ** 2)
      return { f1: 100_000 + one * 37, f2: wordOf(one * 91), f3: wordOf(4000 + Math.floor(150 * random())) }
    })
    const entities = Object.values(watched(events).pack.entities ?? {})
    expect(entities.map(({ key }) => key)).toEqual(['f2', 'f3'])
    expect(entities[0]!.attributes).toEqual({ f1: 'f1' })
  })

  it('sees who is of one kind with whom', () => {
    const random = seededRandom(10)
    const one = () => wordOf(Math.floor(100 * random()))
    const events = Array.from({ length: 1000 }, () => ({ sender: one(), recipient: one() }))
    const { pack } = watched(events)
    expect(pack.entities).toMatchObject({ sender: { key: 'sender' }, recipient: { type: 'sender' } })
  })

  it('makes no things of flags, measures, times and what is made for one event', () => {
    const random = seededRandom(11)
    const events = Array.from({ length: 500 }, (_, i) => ({
      user_active: random() < 0.5,
      user_score: random(),
      session_started: new Date(1e12 + i * 1e6).toISOString(),
      request_id: `${wordOf(i)}${i}`,
      device_count: Math.floor(random() * 40),
    }))
    expect(watched(events).pack.entities).toBeUndefined()
  })

  it('links what stands for good without asking what happened', () => {
    const random = seededRandom(12)
    const events = Array.from({ length: 1500 }, () => {
      const member = Math.floor(80 * random())
      return {
        event: ['login', 'bet', 'chat'][Math.floor(3 * random())],
        member_id: `m-${member}`,
        affiliate_id: `af-${member % 30}`,
        game: wordOf(900 + Math.floor(40 * random())),
      }
    })
    const edges = watched(events)
      .explain()
      .edges.map(({ edge }) => edge)
    expect(edges.filter(edge => edge.endsWith('affiliate'))).toEqual(['member -with-> affiliate'])
    expect(edges.filter(edge => edge.endsWith('game')).sort()).toEqual(
      ['bet', 'chat', 'login', 'with'].map(verb => `member -${verb}-> game`),
    )
  })

  it('sees into arrays', () => {
    const events = Array.from({ length: 300 }, (_, i) => ({
      pusher: `p-${i % 40}`,
      commits: [
        {
          author: { email: `a${i % 50}@example.com`, name: 'Ann Onym' },
          message: `made ${wordOf(i)} all much better`,
        },
      ],
    }))
    const { pack } = watched(events)
    expect(pack.entities).toHaveProperty('author.key', 'commits[].author.email')
    expect(pack.text).toContain('commits[].message')
  })
})
