import { describe, expect, it } from 'vitest'
import { concat, fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import {
  CorruptCatalog,
  manifestKey,
  mustGet,
  openJson,
  putSealed,
  type Root,
  readManifest,
  readNewestRoot,
  rootKey,
  sealJson,
} from '../../src/catalog/root.ts'
import { memoryStore, segmentOf } from './stores.ts'

const root: Root = {
  format: 1,
  version: 7,
  writer: '0',
  applied_seq: 3,
  identity_seed: 9,
  segments: {},
  evicted: {},
  idempotency: [],
}

describe('sealed JSON', () => {
  it('is one line behind a line with its checksum', () => {
    const bytes = concat(sealJson({ a: 'ü' }))
    expect(fromUtf8(bytes)).toMatch(/^[0-9a-f]{8}\n\{"a":"ü"\}\n$/)
    expect(openJson('key', bytes)).toEqual({ a: 'ü' })
  })

  it('is not believed when any bit of it has turned', () => {
    const bytes = concat(sealJson({ text: 'gold', n: 1 }))
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const turned = Uint8Array.from(bytes)
        turned[at]! ^= 1 << bit
        // a hex digit in the other case names the same checksum
        const sameSum = at < 8 && bit === 5 && /[a-f]/i.test(String.fromCharCode(bytes[at]!))
        if (sameSum) expect(openJson('key', turned)).toEqual({ text: 'gold', n: 1 })
        else expect(() => openJson('key', turned), `byte ${at}, bit ${bit}`).toThrow(CorruptCatalog)
      }
    }
  })

  it('is not believed when it was cut, at any byte', () => {
    const bytes = concat(sealJson({ text: 'gold' }))
    for (let end = 0; end < bytes.length; end++)
      expect(() => openJson('key', bytes.subarray(0, end)), `${end} bytes`).toThrow(CorruptCatalog)
  })

  it('says which object is damaged and what to do', () => {
    expect(() => openJson('a/b.json', toUtf8('00000000\n{}\n'))).toThrow(
      'a/b.json: its checksum does not match. Restore it from a backup; nothing was changed.',
    )
  })
})

describe('keys', () => {
  it('of roots sort by version', () => {
    const keys = [1, 9, 10, 99, 100, 2 ** 40].map(version => rootKey('0', version))
    expect([...keys].sort()).toEqual(keys)
    expect(keys[0]).toBe('catalog/0/0000000000000001.json')
  })

  it('of manifests lie with their segment', () => {
    expect(manifestKey('t/events/2026-01-10/0', '7-abc')).toBe('t/events/2026-01-10/0/manifest-7-abc.json')
  })
})

describe('the newest root', () => {
  it('is none in an empty store', async () => {
    expect(await readNewestRoot(await memoryStore(), '0')).toBeUndefined()
  })

  it('is the one of the highest version of that writer', async () => {
    const store = await memoryStore()
    for (const version of [9, 10, 2]) await putSealed(store, rootKey('0', version), { ...root, version })
    await putSealed(store, rootKey('1', 50), { ...root, version: 50 })
    expect(await readNewestRoot(store, '0')).toEqual({ ...root, version: 10 })
  })

  it('stops everything when it is damaged, although an older one is sound', async () => {
    const store = await memoryStore()
    await putSealed(store, rootKey('0', 1), { ...root, version: 1 })
    await store.put(rootKey('0', 2), [toUtf8('00000000\n{}\n')])
    await expect(readNewestRoot(store, '0')).rejects.toThrow(CorruptCatalog)
  })

  it('is refused when it is sound and yet no root of this format', async () => {
    const store = await memoryStore()
    await putSealed(store, rootKey('0', 1), { ...root, format: 2 })
    await expect(readNewestRoot(store, '0')).rejects.toThrow(/catalog\/0\/0+1\.json: .*format/s)
  })
})

describe('a manifest', () => {
  it('comes back as it was written', async () => {
    const store = await memoryStore()
    expect(await putSealed(store, 'm', segmentOf())).toBe('written')
    expect(await readManifest(store, 'm')).toEqual(segmentOf())
    expect(await putSealed(store, 'm', segmentOf({ doc_next: 1 })), 'a key is written once').toBe('exists')
    expect(await readManifest(store, 'm')).toEqual(segmentOf())
  })

  it('is refused when it is missing, damaged, or something else', async () => {
    const store = await memoryStore()
    await putSealed(store, 'else', { ...segmentOf(), parts: 'none' })
    await store.put('bad', [toUtf8('text')])
    await expect(readManifest(store, 'missing')).rejects.toThrow('missing: listed, but not there')
    await expect(readManifest(store, 'bad')).rejects.toThrow(CorruptCatalog)
    await expect(readManifest(store, 'else')).rejects.toThrow(/^else: .*parts/s)
    await expect(mustGet(store, 'missing')).rejects.toThrow(CorruptCatalog)
  })
})
