import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { trySample } from '../../../src/cli/pack/sample.ts'
import { scanner } from '../../engine/tape/scanned.ts'

describe('a pack tried on a sample', () => {
  const pack = {
    pack: 'shop',
    version: 1,
    entities: {
      customer: { key: 'id', attributes: ['vip'] },
      item: { key: 'items[].sku', attributes: ['items[].name'] },
    },
    edges: ['customer -bought-> item', { edge: 'customer -returned-> item', when: { kind: 'return' } }],
    text: '{kind} {review}',
  }
  const lines = [
    '{"id":1,"kind":"sale","items":[{"sku":"a"},{"sku":"b"}]}',
    'nonsense',
    '{"id":1,"items":[]}',
    '{"id":2}',
  ]

  it('tells what it finds, with examples, and what it does not', () => {
    const body = toUtf8(lines.join('\n'))
    expect(trySample(pack, { body, format: 'ndjson', scanner: scanner() })).toEqual({
      events: 3,
      refused: 1,
      events_with_text: 1,
      distinct_texts: 1,
      texts: ['sale'],
      nodes: [
        { type: 'customer', distinct: 2, mentions: 3, examples: ['1', '2'] },
        { type: 'item', distinct: 2, mentions: 2, examples: ['a', 'b'] },
      ],
      edges: [
        {
          type: 'bought',
          count: 2,
          examples: ['customer 1 -bought-> item a', 'customer 1 -bought-> item b'],
        },
        { type: 'returned', count: 0, examples: [] },
      ],
      fields_never_seen: ['vip', 'review', 'items[].name'],
      skipped: { longKeys: 0, longAttributes: 0, cutTexts: 0, cutArrays: 0, manyEdges: 0 },
    })
  })
})
