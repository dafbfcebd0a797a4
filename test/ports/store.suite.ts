// What every object store keeps to, run by each adapter with one line.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AssertionError } from '../../src/base/assert.ts'
import { type ObjectStore, StoreError } from '../../src/ports/object-store.ts'

/** A place where objects live on when the process doesn't. */
export interface StorePlace {
  open(): Promise<ObjectStore>
  remove(): Promise<void>
}

export function describeStore(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`the object store: ${name}`, () => {
    let place: StorePlace
    let store: ObjectStore

    beforeEach(async () => {
      place = await makePlace()
      store = await place.open()
    })
    afterEach(() => place.remove())

    it('gives back the chunks of an object as one, also after a reopen', async () => {
      expect(await store.put('a/b/c.bin', [bytes('gold'), bytes(''), bytes('dust')])).toBe('written')
      expect(text(await store.get('a/b/c.bin'))).toBe('golddust')
      const again = await place.open()
      expect(text(await again.get('a/b/c.bin'))).toBe('golddust')
    })

    it('takes chunks that come one by one', async () => {
      async function* chunks() {
        for (const chunk of ['sand', '', 'silt', 'clay']) yield bytes(chunk)
      }
      expect(await store.put('layers', chunks())).toBe('written')
      expect(text(await store.get('layers'))).toBe('sandsiltclay')
      const again = chunks()
      expect(await store.put('layers', again)).toBe('exists')
      expect((await again.next()).done, 'taken to its end').toBe(true)
    })

    it('writes nothing, and hands on the error, when the chunks fail midway', async () => {
      const error = new RangeError('the source ran dry')
      async function* chunks() {
        yield bytes('sand')
        throw error
      }
      await expect(store.put('layers', chunks())).rejects.toBe(error)
      expect(await keysOf(store, '')).toEqual([])
      expect(await store.put('layers', [bytes('whole')])).toBe('written')
    })

    it('keeps an object of no bytes', async () => {
      await store.put('empty', [])
      expect((await store.get('empty'))?.length).toBe(0)
      expect((await store.getRange('empty', 0, 10)).length).toBe(0)
      expect(await keysOf(store, '')).toEqual(['empty'])
    })

    it('keeps large objects whole', async () => {
      const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) >> 3)
      await store.put('large', [large.subarray(0, 1_000_001), large.subarray(1_000_001)])
      expect(Buffer.compare((await store.get('large'))!, large)).toBe(0)
      expect(
        Buffer.compare(await store.getRange('large', 999_990, 1_000_010), large.subarray(999_990, 1_000_010)),
      ).toBe(0)
    })

    it('leaves the first object under a taken key', async () => {
      await store.put('catalog/1', [bytes('first')])
      expect(await store.put('catalog/1', [bytes('second')])).toBe('exists')
      expect(text(await store.get('catalog/1'))).toBe('first')
    })

    it('lets exactly one of many writers have a key', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, writer) => store.put('race/root', [bytes(`writer ${writer}`)])),
      )
      expect(answers.filter(answer => answer === 'written').length).toBe(1)
      expect(text(await store.get('race/root'))).toBe(`writer ${answers.indexOf('written')}`)
    })

    it('answers undefined for a key that is not there', async () => {
      await store.put('t/a/b', [bytes('x')])
      for (const key of ['nothing', 't', 't/a', 't/a/c', 't/a/b/c'])
        expect(await store.get(key)).toBeUndefined()
    })

    it('reads ranges: inside, to the end, over the end, behind it, and of nothing', async () => {
      await store.put('digits', [bytes('0123456789')])
      const read = async (start: number, end: number) => text(await store.getRange('digits', start, end))
      expect(await read(0, 10)).toBe('0123456789')
      expect(await read(3, 5)).toBe('34')
      expect(await read(9, 10)).toBe('9')
      expect(await read(8, 1_000_000_000_000)).toBe('89')
      expect(await read(10, 20)).toBe('')
      expect(await read(50, 60)).toBe('')
      expect(await read(4, 4)).toBe('')
    })

    it('says which key a range was asked of when there is none', async () => {
      const asked = store.getRange('no/such', 0, 1)
      await expect(asked).rejects.toThrow(StoreError)
      await expect(asked).rejects.toThrow(/getRange no\/such: no such key/)
      await expect(store.getRange('no/such', 3, 3)).rejects.toThrow(StoreError)
    })

    it('refuses ranges that are none', async () => {
      await store.put('digits', [bytes('0123456789')])
      for (const [start, end] of [
        [-1, 2],
        [3, 2],
        [0.5, 2],
        [0, Number.NaN],
      ] as const) {
        await expect(store.getRange('digits', start, end), `${start} to ${end}`).rejects.toThrow(
          AssertionError,
        )
      }
    })

    it('lists by key in byte order, folders included', async () => {
      const keys = ['a', 'a-b/x', 'a.b', 'a1/b/c', 'a1/b=2', 'a1/b.x', 'B/z', '_', 'z/1', 'z/10', 'z/2']
      for (const key of [...keys].reverse()) await store.put(key, [bytes(key)])
      const found = []
      for await (const info of store.list('')) found.push(info)
      expect(found).toEqual([...keys].sort().map(key => ({ key, bytes: key.length })))
    })

    it('lists what begins with a prefix, wherever that ends', async () => {
      for (const key of ['ten/ev/1', 'ten/ev/2', 'ten/events', 'tenant', 'other/ten/1'])
        await store.put(key, [bytes('x')])
      expect(await keysOf(store, 'ten')).toEqual(['ten/ev/1', 'ten/ev/2', 'ten/events', 'tenant'])
      expect(await keysOf(store, 'ten/ev')).toEqual(['ten/ev/1', 'ten/ev/2', 'ten/events'])
      expect(await keysOf(store, 'ten/ev/')).toEqual(['ten/ev/1', 'ten/ev/2'])
      expect(await keysOf(store, 'ten/ev/2')).toEqual(['ten/ev/2'])
      expect(await keysOf(store, 'nothing/')).toEqual([])
      expect(await keysOf(store, 'ten/ev/1/')).toEqual([])
    })

    it('lists and deletes more than one page', async () => {
      const keys = Array.from({ length: 1050 }, (_, i) => `many/${String(i).padStart(5, '0')}`)
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map(key => store.put(key, [bytes('x')])))
      }
      expect(await keysOf(store, 'many/')).toEqual(keys)
      await store.delete(keys.slice(1))
      expect(await keysOf(store, '')).toEqual(keys.slice(0, 1))
    })

    it('may be listed while objects come and go', async () => {
      for (let i = 0; i < 20; i++) await store.put(`walk/${i}/part`, [bytes('x')])
      const found = []
      for await (const { key } of store.list('walk/')) {
        found.push(key)
        await store.delete(['walk/3/part', 'walk/4/part'])
      }
      expect(found.filter(key => !key.startsWith('walk/3/') && !key.startsWith('walk/4/')).length).toBe(18)
    })

    it('deletes for good, and takes a key that is not there for deleted', async () => {
      await store.put('t/s/part', [bytes('x')])
      await store.put('t/keep', [bytes('y')])
      expect(text(await store.getRange('t/s/part', 0, 1))).toBe('x')
      await store.delete(['t/s/part', 't/s/never', 'never/was'])
      await store.delete(['t/s/part'])
      await store.delete([])
      expect(await store.get('t/s/part')).toBeUndefined()
      await expect(store.getRange('t/s/part', 0, 1)).rejects.toThrow(StoreError)
      expect(await keysOf(store, '')).toEqual(['t/keep'])
    })

    it('takes a deleted key again', async () => {
      await store.put('t/part', [bytes('old')])
      expect(text(await store.getRange('t/part', 0, 3))).toBe('old')
      await store.delete(['t/part'])
      expect(await store.put('t/part', [bytes('new')])).toBe('written')
      expect(text(await store.getRange('t/part', 0, 3))).toBe('new')
    })

    it('loses nothing when puts and deletes meet in one folder', async () => {
      const live = new Set<string>()
      await Promise.all(
        Array.from({ length: 60 }, async (_, i) => {
          const key = `busy/${i % 3}/${i}`
          await store.put(key, [bytes(key)])
          if (i % 2 === 0) await store.delete([key])
          else live.add(key)
        }),
      )
      expect(new Set(await keysOf(store, 'busy/'))).toEqual(live)
    })

    it('refuses keys that are none, before it touches anything', async () => {
      const bad = [
        '',
        '/',
        '/a',
        'a/',
        'a//b',
        '.',
        '..',
        '../a',
        'a/../b',
        'a/./b',
        'a/..',
        '~incoming/x',
        'a b',
        'ü',
      ]
      bad.push('a\\b', 'a\0b', 'a:b', 'a\n', 'x'.repeat(256), `${'x/'.repeat(600)}x`)
      for (const key of bad) {
        const hint = JSON.stringify(key)
        await expect(store.put(key, [bytes('x')]), hint).rejects.toThrow(AssertionError)
        await expect(store.get(key), hint).rejects.toThrow(AssertionError)
        await expect(store.getRange(key, 0, 1), hint).rejects.toThrow(AssertionError)
        await expect(store.delete(['fine', key]), hint).rejects.toThrow(AssertionError)
      }
      for (const prefix of ['/', '../', 'a//', 'a/../', '~', 'a b']) {
        await expect(keysOf(store, prefix), JSON.stringify(prefix)).rejects.toThrow(AssertionError)
      }
      expect(await keysOf(store, '')).toEqual([])
    })

    it('knows how full its medium is, or that it can not know', async () => {
      const ratio = await store.usedRatio()
      if (ratio !== undefined) {
        expect(ratio).toBeGreaterThan(0)
        expect(ratio).toBeLessThanOrEqual(1)
      }
    })
  })
}

export async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  return keys
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : new TextDecoder().decode(value)
}
