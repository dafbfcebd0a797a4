import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import { compilePack } from '../../src/pack/compile.ts'

describe('a plan', () => {
  const plan = compilePack({
    pack: 'shop',
    version: 7,
    entities: {
      buyer: { key: 'user', type: 'person' },
      seller: { key: 'by', type: 'person', when: { kind: { not: [1, true] } } },
      item: { key: ['items[].sku', 'shop?'], attributes: { name: 'items[].title' } },
    },
    edges: [
      'buyer -met-> seller',
      { edge: 'buyer -bought-> item', weight: 'items[].n', when: { kind: 'sale' } },
    ],
    text: '{user} took {items[].title}',
  })

  it('reads each field once, whoever asks for it, and arrays by their elements', () => {
    expect(plan.fields).toEqual(['user', 'by', 'kind', 'items', 'shop'])
    expect(plan.arrays).toEqual([{ slot: 3, fields: ['sku', 'title', 'n'] }])
    expect(plan.entities.map(({ array }) => array)).toEqual([-1, -1, 0])
    expect(plan.text.map(({ field }) => field)).toEqual([
      { array: -1, slot: 0 },
      { array: 0, slot: 1 },
    ])
  })

  it('numbers types, so that two entities may be of one', () => {
    expect([plan.pack, plan.version]).toEqual(['shop', 7])
    expect(plan.types).toEqual(['person', 'item'])
    expect(plan.entities.map(({ type }) => type)).toEqual([0, 0, 1])
    expect(plan.edgeTypes).toEqual(['met', 'bought'])
    expect(plan.edges.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0, 2],
    ])
  })

  it('has the values of conditions as the text that events have', () => {
    const [condition] = plan.entities[1]!.when
    expect(condition!.kind).toBe('not')
    expect(condition!.values.map(fromUtf8)).toEqual(['1', 'true'])
  })

  it('is plain data', () => {
    expect(structuredClone(plan)).toEqual(plan)
  })
})
