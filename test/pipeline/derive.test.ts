import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import type { InstalledPack, Pack } from '../../src/contract/pack.ts'
import { compilePack } from '../../src/pack/compile.ts'
import { attributeBytesMax, derive } from '../../src/pipeline/derive.ts'
import { eventEdgesMax } from '../../src/pipeline/derive-columns.ts'
import { keyBytesMax } from '../../src/pipeline/derive-key.ts'
import { arrayElementsMax } from '../../src/pipeline/derive-row.ts'
import { textBytesMax } from '../../src/pipeline/derive-text.ts'
import { batchOf } from '../segment/batches.ts'
import { expected, textAt, told } from './derived-oracle.ts'

function planOf(pack: Omit<Pack, 'pack'>) {
  return compilePack({ pack: 'test', version: 1, ...pack } as InstalledPack)
}

function deriveLines(pack: Omit<Pack, 'pack'>, ...lines: string[]) {
  return derive(planOf(pack), batchOf({ lines }))
}

const member = { member: { key: 'm' } }

describe('a bound', () => {
  it('of keys leaves out what is longer by a byte, and counts it', () => {
    const lines = [keyBytesMax, keyBytesMax + 1].map(
      length => `{"m":"${'é'.repeat(length >> 1)}${'x'.repeat(length & 1)}"}`,
    )
    const derived = deriveLines({ entities: member }, ...lines)
    expect([...derived.mentions.row]).toEqual([0])
    expect(derived.skipped.longKeys).toBe(1)
  })

  it('of keys counts the escapes of one with several parts', () => {
    const entities = { pair: { key: ['a', 'b'] } }
    const lineOf = (length: number) => `{"a":"|","b":"${'x'.repeat(length)}"}`
    const derived = deriveLines({ entities }, lineOf(keyBytesMax - 3), lineOf(keyBytesMax - 2))
    expect([...derived.mentions.row]).toEqual([0])
    expect(derived.skipped.longKeys).toBe(1)
  })

  it('of attributes counts the quotes', () => {
    const entities = { member: { key: 'm', attributes: ['a'] } }
    const lineOf = (length: number) => `{"m":1,"a":"${'x'.repeat(length)}"}`
    const derived = deriveLines({ entities }, lineOf(attributeBytesMax - 2), lineOf(attributeBytesMax - 1))
    expect([...derived.attributes.row]).toEqual([0])
    expect(derived.skipped.longAttributes).toBe(1)
  })

  it('of texts cuts behind a whole character, and counts it', () => {
    const derived = deriveLines(
      { text: '{a}' },
      `{"a":"${'x'.repeat(textBytesMax)}"}`,
      `{"a":"${'é😀'.repeat(2000)}"}`,
      '{"a":"b"}',
    )
    const texts = [0, 1].map(text => textAt(derived.texts, text))
    for (const text of texts) {
      expect(text).toMatch(/^(x+|(é😀)+é?)$/)
      expect(new TextEncoder().encode(text).length).toBeGreaterThan(textBytesMax - 6)
      expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(textBytesMax)
    }
    expect(derived.skipped.cutTexts).toBe(2)
  })

  it('of an array looks at so many elements, and counts the array', () => {
    const lineOf = (length: number) => `{"t":[${Array.from({ length }, (_, i) => i).join()}]}`
    const derived = deriveLines(
      { entities: { tag: { key: 't[]' } } },
      lineOf(arrayElementsMax),
      lineOf(arrayElementsMax + 1),
    )
    expect(derived.mentions.row.length).toBe(2 * arrayElementsMax)
    expect(derived.nodes.type.length).toBe(arrayElementsMax)
    expect(derived.skipped.cutArrays).toBe(1)
  })

  it('of the edges that one event makes holds, and counts', () => {
    const entities = { tag: { key: 't[]' }, other: { key: 'o[]' } }
    const list = JSON.stringify(Array.from({ length: 20 }, (_, i) => i))
    const derived = deriveLines(
      { entities, edges: ['tag -with-> other'] },
      `{"t":${list},"o":${list}}`,
      '{"t":[1],"o":[2]}',
    )
    expect(derived.edges.row.length).toBe(eventEdgesMax + 1)
    expect(derived.skipped.manyEdges).toBe(400 - eventEdgesMax)
  })
})

describe('a value', () => {
  const keysOf = (...lines: string[]) => {
    const { nodes, mentions } = deriveLines({ entities: member }, ...lines)
    return [...mentions.row].map((row, i) => [row, textAt(nodes.keys, mentions.node[i]!)])
  }

  it('keeps its digits, and is unescaped', () => {
    expect(keysOf('{"m":12345678901234567890}', '{"m":1.50}', '{"m":"\\u00e9\\n"}', '{"m":true}')).toEqual([
      [0, '12345678901234567890'],
      [1, '1.50'],
      [2, 'é\n'],
      [3, 'true'],
    ])
  })

  it('is not there when it is null, empty, an array or an object', () => {
    expect(keysOf('{"m":null}', '{"m":""}', '{"m":[1]}', '{"m":{}}', '{"m":{"a":1}}', '{"n":1}')).toEqual([])
  })

  it('is the last of a key that is repeated, null included', () => {
    expect(keysOf('{"m":1,"m":2}', '{"m":1,"m":null}', '{"m":"","m":"x"}')).toEqual([
      [0, '2'],
      [2, 'x'],
    ])
  })

  it('of an element keeps its digits, through objects, strings with brackets, and repeated keys', () => {
    const entities = { author: { key: 'c[].a.id', attributes: ['c[].a.list'] } }
    const lines = [
      '{"c":[{"x":"]}\\"[{","a":{"skip":[{"id":1}],"id":12345678901234567890,"list":[1, 2]}} , 7, null, {"a":{"id":"\\u00e9"}}]}',
      '{"c" : [ {"a":{"id":1,"id":2}},{"a":{"id":3,"id":null}},{"\\u0061":{"id":4}},{"a":{"id":5,"id":[5]}} ]}',
      '{"c":{"a":{"id":6}}}',
      '{"c":[]}',
    ]
    const derived = deriveLines({ entities }, ...lines)
    const keys = [...derived.mentions.node].map(node => textAt(derived.nodes.keys, node))
    expect(keys).toEqual(['12345678901234567890', 'é', '2', '4'])
    expect(textAt(derived.attributes.values, 0)).toBe('[1, 2]')
  })
})

describe('a key of several parts', () => {
  const entities = { pair: { key: ['a', 'b?', 'c'] } }

  it('joins them by |, which is escaped in them', () => {
    const derived = deriveLines(
      { entities },
      '{"a":"x|y","b":"\\\\","c":1}',
      '{"a":1,"c":2}',
      '{"a":1,"b":2}',
    )
    expect([0, 1].map(node => textAt(derived.nodes.keys, node))).toEqual(['x\\|y|\\\\|1', '1||2'])
    expect([...derived.mentions.row]).toEqual([0, 1])
  })
})

describe('an event that a pack knows nothing of', () => {
  it('mentions nothing and says nothing', () => {
    const derived = deriveLines(
      { entities: member, edges: ['member -is-> member'], text: '{a}' },
      '{"b":1}',
      '{}',
    )
    expect([...derived.textOf]).toEqual([-1, -1])
    expect(derived.texts.offsets.length).toBe(1)
    expect(derived.mentions.row.length + derived.edges.row.length).toBe(0)
  })

  it('is none when it was refused: rows are those of the accepted events', () => {
    const batch = batchOf({ lines: ['{"m":1}', 'nonsense', '{"m":2}'] })
    const derived = derive(planOf({ entities: member }), batch)
    expect([derived.rowCount, [...derived.mentions.row]]).toEqual([2, [0, 1]])
  })
})

describe('a text', () => {
  it('has its blanks collapsed, and the values of an array with commas between', () => {
    const derived = deriveLines(
      { text: '  {a}\n by {b[]}! ' },
      '{"a":"\\n x \\t y ","b":["1",null,2]}',
      '{"a":" "}',
      '{"b":[3]}',
    )
    expect([...derived.textOf].map(text => (text < 0 ? null : textAt(derived.texts, text)))).toEqual([
      'x y by 1, 2!',
      null,
      'by 3!',
    ])
  })
})

describe('what was derived', () => {
  const pack: Pack = {
    pack: 'random',
    version: 1,
    entities: {
      member: { key: 'm', attributes: ['country', 'deep.level'] },
      friend: { key: 'f', type: 'member', when: { kind: ['add', 'meet'], f: { not: 'x1' } } },
      device: { key: ['fp', 'os?'], attributes: { system: 'os' } },
      item: { key: 'items[].sku', attributes: ['items[].name'], when: { 'items[].gone': { exists: false } } },
      brand: { key: ['items[].brand', 'kind'] },
      tag: { key: 'tags[]', when: { 'tags[]': { prefix: 'x' } } },
    },
    edges: [
      'member -on-> device',
      { edge: 'member -knows-> friend', when: { 'tags[]': 'x1' }, weight: 'n' },
      { edge: 'member -bought-> item', weight: 'items[].n', when: { kind: { not: ['add'] } } },
      { edge: 'item -of-> brand', when: { 'items[].n': { exists: true } } },
      { edge: 'item -tagged-> tag', when: { 'items[].sku': { not: 'x2' } } },
      'friend -knows-> member',
    ],
    text: '{m} {deep.level} {tags[]}',
  }

  function randomEvent(random: () => number): string {
    const values = [
      'x1',
      'x2',
      'y',
      '',
      null,
      0,
      1,
      2.5,
      -3,
      true,
      'a|b',
      'back\\slash',
      'é "q"',
      'add',
      'meet',
    ]
    const value = () => values[Math.floor(random() * values.length)]!
    const maybe = (fields: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(fields).filter(() => random() < 0.75))
    const list = (make: () => unknown) => Array.from({ length: Math.floor(random() * 4) }, make)
    const item = () =>
      random() < 0.1
        ? value()
        : maybe({
            sku: value(),
            name: list(value),
            brand: value(),
            n: value(),
            ...(random() < 0.2 && { gone: 1 }),
          })
    return JSON.stringify(
      maybe({
        m: value(),
        f: value(),
        kind: ['add', 'meet', 'play'][Math.floor(random() * 3)],
        fp: value(),
        os: value(),
        country: random() < 0.2 ? list(value) : value(),
        deep: random() < 0.8 ? { level: value() } : value(),
        n: value(),
        items: random() < 0.9 ? list(item) : value(),
        tags: list(value),
      }),
    )
  }

  it.each([1, 2, 3, 4, 5, 6])('is what the events say, by their own words (seed %i)', seed => {
    const random = seededRandom(seed)
    const lines = Array.from({ length: 500 }, () => randomEvent(random))
    const plan = planOf(pack)
    // In several batches: nothing is left of the one before.
    for (const from of [0, 120, 121, 300]) {
      const some = lines.slice(from, from + 200)
      const oracle = expected(pack, some, say => {
        const words = ['m', 'deep.level', 'tags[]'].map(say).filter(word => word !== null)
        return words.join(' ').replace(/\s+/g, ' ').trim() || null
      })
      expect(told(derive(plan, batchOf({ lines: some }))), `seed ${seed}`).toEqual(oracle)
    }
  })
})
