import { describe, expect, it } from 'vitest'
import { canonicalPack, packHash } from '../../src/pack/content.ts'

describe('the content of a pack', () => {
  const pack = {
    pack: 'a',
    version: 3,
    entities: { b: { key: 'c', attributes: ['d', 'e'] }, f: { key: 'g' } },
  }

  it('is the same in another version, and with its names in another order', () => {
    const other = {
      entities: { f: { key: 'g' }, b: { attributes: ['d', 'e'], key: 'c' } },
      version: 4,
      pack: 'a',
    }
    expect(canonicalPack(other)).toBe(canonicalPack(pack))
    expect(packHash(other)).toBe(packHash(pack))
    expect(packHash(pack)).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is another with a list in another order, or with anything else', () => {
    const entities = { ...pack.entities, b: { key: 'c', attributes: ['e', 'd'] } }
    expect(packHash({ ...pack, entities })).not.toBe(packHash(pack))
    expect(packHash({ ...pack, text: '{c}' })).not.toBe(packHash(pack))
  })
})
