import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { rowWord, rowWords } from '../../../src/engine/tape/scan.ts'
import { sampleEvent } from './sample-json.ts'
import { bounds, codesOf, readTape, scanned, scanner, type Token, tapesOf } from './scanned.ts'

const runs = 300

describe('the values of an event', () => {
  it('are a token each, with path, kind and exact text', () => {
    const [event] = scanned(
      '{"a":1,"b":{"c":"x","d":[1,{"e":2}],"f":{}},"g":-1.5e3,"h":"\\u0041","i":null,"j":true,"k":false,"l":[]}',
      'one',
    )
    expect(event!.tokens).toEqual([
      ['a', 'integer', '1'],
      ['b.c', 'string', 'x'],
      ['b.d', 'json', '[1,{"e":2}]'],
      ['b.f', 'json', '{}'],
      ['g', 'number', '-1.5e3'],
      ['h', 'escaped', '\\u0041'],
      ['i', 'null', 'null'],
      ['j', 'true', 'true'],
      ['k', 'false', 'false'],
      ['l', 'json', '[]'],
    ])
  })

  it('of an event without any are none', () => {
    expect(scanned('{}', 'one')).toMatchObject([{ code: 'fine', tokens: [] }])
  })

  it('come again for a key that comes again, in their order', () => {
    expect(scanned('{"a":1,"a":{"b":2},"a":3}', 'one')[0]!.tokens).toEqual([
      ['a', 'integer', '1'],
      ['a.b', 'integer', '2'],
      ['a', 'integer', '3'],
    ])
  })

  it('keep the digits of every number', () => {
    for (const text of ['12345678901234567890123', '-0', '1e400', '0.1000000000000000055511151231257827']) {
      expect(scanned(`{"n":${text}}`, 'one')[0]!.tokens[0]![2]).toBe(text)
    }
  })

  it('have the key as it reads, however it is written', () => {
    const written = '{"\\u0061\\/b":1,"\\ud83d\\ude42":2,"tab\\t":3,"\ufeffmark":4}'
    expect(scanned(written, 'one')[0]!.tokens.map(([path]) => path)).toEqual([
      'a/b',
      '🙂',
      'tab\t',
      '\ufeffmark',
    ])
  })

  it('below an empty key are told from those at the top', () => {
    expect(scanned('{"":{"id":1},"id":2}', 'one')[0]!.tokens).toEqual([
      ['.id', 'integer', '1'],
      ['id', 'integer', '2'],
    ])
  })

  it('are what the writer of the text put down', () => {
    for (let seed = 1; seed <= runs; seed++) {
      const random = seededRandom(seed)
      const samples = Array.from({ length: 1 + Math.floor(random() * 8) }, () => sampleEvent(random, 5))
      const expected = samples.map(({ text, tokens }) => ({ code: 'fine', raw: text, tokens }))
      const line = samples.map(({ text }) => text.replaceAll('\r', ' '))
      const asLines = line.map((raw, i) => ({ code: 'fine', raw, tokens: expected[i]!.tokens }))
      expect(
        scanned(`[${samples.map(({ text }) => text).join(' ,\n')}]`, 'json'),
        `seed ${seed}`,
      ).toMatchObject(expected)
      const withoutReturns = asLines.map(event => ({
        ...event,
        tokens: event.tokens.map(([path, kind, text]) => [
          path,
          kind,
          kind === 'json' ? text.replaceAll('\r', ' ') : text,
        ]),
      }))
      expect(scanned(line.join('\n'), 'ndjson'), `seed ${seed}`).toMatchObject(withoutReturns)
    }
  })

  it('are what JSON.parse finds', () => {
    const json = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }))
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const [event] = scanned(JSON.stringify(value, undefined, indent), 'one')
        expect(event!.tokens.map(parsedToken)).toEqual(walk(JSON.parse(event!.raw)))
      }),
      { numRuns: runs },
    )
  })
})

/** Scalars, arrays and empty objects below a value, by path, in order. */
function walk(value: unknown, path?: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path!, value]]
  const members = Object.entries(value)
  if (members.length === 0) return path === undefined ? [] : [[path, value]]
  return members.flatMap(([key, below]) => walk(below, path === undefined ? key : `${path}.${key}`))
}

function parsedToken([path, kind, text]: Token): [string, unknown] {
  return [path, JSON.parse(kind === 'string' || kind === 'escaped' ? `"${text}"` : text)]
}

describe('NDJSON', () => {
  it.each([
    ['no final newline', '{"a":1}\n{"a":2}'],
    ['a final newline', '{"a":1}\n{"a":2}\n'],
    ['carriage returns', '{"a":1}\r\n{"a":2}\r\n'],
    ['blank lines', '\n\n{"a":1}\n \t\r\n\n{"a":2}\n\n'],
    ['spaces around', '  {"a":1}\t\n\t{"a":2}   \n'],
    ['a byte order mark', '\ufeff{"a":1}\n{"a":2}\n'],
  ])('is read with %s', (_, body) => {
    expect(scanned(body, 'ndjson')).toMatchObject([
      { code: 'fine', raw: '{"a":1}', tokens: [['a', 'integer', '1']] },
      { code: 'fine', raw: '{"a":2}', tokens: [['a', 'integer', '2']] },
    ])
  })

  it('loses only the bad line to a bad line', () => {
    const lines = ['{"a":1}', '{"a":', '[1]', '7', '{"a":2}{"a":3}', '{"a":"\\x"}', '{"a":4}']
    expect(scanned(lines.join('\n'), 'ndjson').map(({ code, raw }) => [code, raw])).toEqual([
      ['fine', lines[0]],
      ['malformed', lines[1]],
      ['notAnObject', lines[2]],
      ['notAnObject', lines[3]],
      ['malformed', lines[4]],
      ['malformed', lines[5]],
      ['fine', lines[6]],
    ])
  })

  it('knows a byte order mark only at its beginning', () => {
    expect(codesOf('{"a":1}\n\ufeff{"a":2}', 'ndjson')).toEqual(['fine', 'malformed'])
  })

  it('of nothing but space is nothing', () => {
    for (const body of ['', '\n', ' \r\n\t\n', '\ufeff']) expect(scanned(body, 'ndjson')).toEqual([])
  })
})

describe('one JSON document', () => {
  it('is one event, or an array of them', () => {
    expect(scanned(' \n{"a":1}\n ', 'json')).toMatchObject([{ code: 'fine', raw: '{"a":1}' }])
    expect(scanned('\ufeff [ {"a":1} , {"a":2}\n]\n', 'json')).toMatchObject([
      { code: 'fine', raw: '{"a":1}' },
      { code: 'fine', raw: '{"a":2}' },
    ])
    expect(scanned(' [ ] ', 'json')).toEqual([])
    expect(scanned(' ', 'json')).toEqual([])
  })

  it('refuses elements that are no objects, one by one', () => {
    expect(codesOf('[{"a":1}, null, [2], "x", 3, {"a":4}]', 'json')).toEqual([
      'fine',
      'notAnObject',
      'notAnObject',
      'notAnObject',
      'notAnObject',
      'fine',
    ])
  })

  it.each([
    ['a comma too many', '[{"a":1},]', ['{"a":1}'], ']'],
    ['a comma missing', '[{"a":1} {"a":2}]', ['{"a":1}'], '{"a":2}]'],
    ['a fault within', '[{"a":1},{"a":tru},{"a":2}]', ['{"a":1}'], '{"a":tru},{"a":2}]'],
    ['something behind', '[{"a":1}] x', ['{"a":1}'], 'x'],
    ['another array behind', '[{"a":1}][{"a":2}]', ['{"a":1}'], '[{"a":2}]'],
    ['no end', '[{"a":1},{"a":', ['{"a":1}'], '{"a":'],
  ])('with %s keeps what came before and refuses the rest at once', (_, body, good, rest) => {
    expect(scanned(body, 'json').map(({ code, raw }) => [code, raw])).toEqual([
      ...good.map(raw => ['fine', raw]),
      ['malformed', rest],
    ])
  })

  it('that ends before its bracket is refused with its last byte', () => {
    expect(scanned('[{"a":1}', 'json').map(({ code, raw }) => [code, raw])).toEqual([
      ['fine', '{"a":1}'],
      ['malformed', '}'],
    ])
  })

  it('goes on behind an element that is no UTF-8, too deep or too large', () => {
    const bad = Buffer.from('[{"a":"\xff, {[\\""}, {"b":1}]', 'latin1')
    expect(codesOf(bad, 'json')).toEqual(['badEncoding', 'fine'])
    expect(codesOf('[{"a":[[["]"]]]},{"b":1}]', 'json', { eventDepthMax: 2 })).toEqual(['tooDeep', 'fine'])
    expect(codesOf(`[{"a":"${'x'.repeat(100)}"},{"b":1}]`, 'json', { eventBytesMax: 64 })).toEqual([
      'tooLarge',
      'fine',
    ])
  })

  it('does not take good events for the rest of a bad byte', () => {
    const rows = scanned(Buffer.from('[\xff, {"a":1}]', 'latin1'), 'json')
    expect(rows.map(({ code, end }) => [code, end])).toEqual([['malformed', 12]])
  })
})

describe('refusals', () => {
  it.each([
    ['{"a":1,}', 'malformed', 7],
    ['{"a" 1}', 'malformed', 5],
    ['{"a":1', 'malformed', 6],
    ['{"a":01}', 'malformed', 6],
    ['{"a":.5}', 'malformed', 5],
    ['{"a":1.}', 'malformed', 7],
    ['{"a":"\t"}', 'malformed', 6],
    ['{"a":"\\u12g4"}', 'malformed', 10],
    ['{"a":nul}', 'malformed', 5],
    ['{"a":é}', 'malformed', 5],
    ["{'a':1}", 'malformed', 1],
    ['{"a":1} x', 'malformed', 7],
    ['{"a":[[[1]]]}', 'tooDeep', 7],
  ] as const)('of %s say where', (body, code, detail) => {
    expect(scanned(body, 'one', { eventDepthMax: 3 })).toMatchObject([{ code, detail, tokens: [] }])
  })

  it('count their place from the beginning of the event', () => {
    expect(scanned('{"a":1}\n   {"a":x}', 'ndjson')[1]).toMatchObject({ start: 11, detail: 5 })
    expect(scanned('[{"a":1}, {"a":x}]', 'json')[1]).toMatchObject({ start: 10, detail: 5 })
  })

  it('leave no tokens behind', () => {
    const [tape] = tapesOf(toUtf8('{"a":1,"b":x}\n{"c":2}'), 'ndjson')
    expect(tape!.tokens.length).toBe(3)
    expect(tape!.rows[rowWords + rowWord.tokenStart]).toBe(0)
  })

  it.each([
    ['a byte that begins nothing', [0xff]],
    ['a lone continuation', [0x80]],
    ['an overlong form of two bytes', [0xc0, 0xaf]],
    ['an overlong form of two bytes, c1', [0xc1, 0xbf]],
    ['an overlong form of three bytes', [0xe0, 0x9f, 0xbf]],
    ['an overlong form of four bytes', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['more than U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lead byte past f4', [0xf5, 0x80, 0x80, 0x80]],
    ['two bytes cut short', [0xc3]],
    ['three bytes cut short', [0xe2, 0x82]],
    ['four bytes cut short', [0xf0, 0x9f, 0x99]],
    ['a wrong third byte', [0xe2, 0x82, 0x41]],
    ['a wrong fourth byte', [0xf0, 0x9f, 0x99, 0x41]],
  ])('of %s are of the encoding, in values, keys and arrays', (_, bad) => {
    const bytes = String.fromCharCode(...bad)
    for (const text of [`{"a":"x${bytes}y"}`, `{"${bytes}":1}`, `{"a":["${bytes}"]}`, `{"a":"${bytes}`]) {
      const [row] = scanned(Buffer.from(text, 'latin1'), 'one')
      expect(row, text).toMatchObject({ code: 'badEncoding', detail: text.indexOf(bytes) })
    }
  })

  it('spare the last character of each length', () => {
    for (const char of [
      '\x7f',
      '\x80',
      '\u07ff',
      '\u0800',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
    ]) {
      expect(codesOf(`{"${char}":"${char}"}`, 'one'), char).toEqual(['fine'])
    }
  })
})

describe('bounds', () => {
  it('of depth count objects and arrays alike, the event being the first', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(codesOf(nested(32), 'one')).toEqual(['fine'])
    expect(codesOf(nested(33), 'one')).toEqual(['tooDeep'])
    expect(codesOf(`${'{"a":'.repeat(32)}1${'}'.repeat(32)}`, 'one')).toEqual(['fine'])
    expect(codesOf(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'one')).toEqual(['tooDeep'])
  })

  it('of depth hold against a hundred thousand brackets', () => {
    expect(codesOf('['.repeat(100_000), 'one')).toEqual(['tooDeep'])
    expect(codesOf(`[${'['.repeat(100_000)}`, 'json')).toEqual(['malformed'])
  })

  it('of size are met to the byte', () => {
    const event = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`
    for (const format of ['one', 'ndjson', 'json'] as const) {
      expect(codesOf(event(1000), format, { eventBytesMax: 1000 }), format).toEqual(['fine'])
      expect(codesOf(event(1001), format, { eventBytesMax: 1000 }), format).toEqual(['tooLarge'])
    }
    const array = `[${event(1000)},${event(1001)},${event(10)}]`
    expect(codesOf(array, 'json', { eventBytesMax: 1000 })).toEqual(['fine', 'tooLarge', 'fine'])
  })

  it('of rows begin another tape', () => {
    const lines = Array.from({ length: 150_001 }, (_, i) => `{"n":${i}}`)
    const body = toUtf8(lines.join('\n'))
    const tapes = tapesOf(body, 'ndjson')
    expect(tapes.map(({ rowCount }) => rowCount)).toEqual([65_536, 65_536, 150_001 - 131_072])
    expect(tapes.flatMap(tape => readTape(tape, body).map(({ raw }) => raw))).toEqual(lines)
    const asArray = tapesOf(toUtf8(`[${lines.join()}]`), 'json')
    expect(asArray.map(({ rowCount }) => rowCount)).toEqual([65_536, 65_536, 150_001 - 131_072])
  })

  it('of tokens begin another tape, and no value is lost', () => {
    const valuesPerEvent = 500
    const event = `{${Array.from({ length: valuesPerEvent }, (_, i) => `"k${i}":${i}`).join()}}`
    const count = 2500
    const body = toUtf8(`${event}\n`.repeat(count))
    const tapes = tapesOf(body, 'ndjson')
    expect(tapes.length).toBeGreaterThan(1)
    const rows = tapes.flatMap(tape => readTape(tape, body))
    expect(rows.length).toBe(count)
    expect(rows.every(({ tokens }) => tokens.length === valuesPerEvent)).toBe(true)
  })

  it('of tokens hold for an event over its size that is all tokens', () => {
    const dense = (bytes: number) => `{${'"":1,'.repeat(Math.floor(bytes / 5))}"":1}`
    const change = { eventBytesMax: 1 << 20 }
    expect(codesOf(`[${dense(8 << 20)},{"a":1}]`, 'json', change)).toEqual(['tooLarge', 'fine'])
    const [largest] = scanned(dense((1 << 20) - 16), 'one', change)
    expect(largest!.code).toBe('fine')
    expect(largest!.tokens.length).toBe(Math.floor(((1 << 20) - 16) / 5) + 1)
  })

  it('of keys begin another tape, so that an event is never the poorer for those before it', () => {
    const events = Array.from(
      { length: 60 },
      (_, i) => `{${Array.from({ length: 1000 }, (_, k) => `"k${i * 1000 + k}":1`).join()},"id":"e${i}"}`,
    )
    for (const [body, format] of [
      [events.join('\n'), 'ndjson'],
      [`[${events.join()}]`, 'json'],
    ] as const) {
      const rows = scanned(body, format)
      expect(rows.map(({ raw }) => raw)).toEqual(events)
      expect(rows.map(({ tokens }) => tokens.length)).toEqual(events.map(() => 1001))
      expect(rows.map(({ tokens }) => tokens.at(-1))).toEqual(events.map((_, i) => ['id', 'string', `e${i}`]))
    }
  })

  it('of keys refuse an event that has more of them than 16,383', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join()
    const body = `{${keys(16_383)}}\n{${keys(16_384)}}\n{"id":"next"}`
    const [most, over, next] = scanned(body, 'ndjson')
    expect(most).toMatchObject({ code: 'fine' })
    expect(most!.tokens.length).toBe(16_383)
    expect(over).toMatchObject({ code: 'tooManyKeys', tokens: [] })
    expect(next!.tokens).toEqual([['id', 'string', 'next']])
  })

  it('of names leave a path without one that is longer than anybody asks for', () => {
    const deep = `{"${'k'.repeat(1100)}":{"a":1},"b":2}`
    const [tape] = [...scanner().scan(toUtf8(deep), 'one')]
    expect(tape!.paths).toEqual(['', undefined, undefined, 'b'])
  })

  it('of one body do not outlive it', () => {
    const one = scanner()
    const large = toUtf8(`{"a":"${'x'.repeat(20 << 20)}"}`)
    expect([...one.scan(large, 'ndjson')].length).toBe(1)
    const small = toUtf8('{"b":1}')
    expect(readTape([...one.scan(small, 'ndjson')][0]!, small)[0]!.tokens).toEqual([['b', 'integer', '1']])
  })

  it('survive a reader that goes away', () => {
    const one = scanner()
    const body = toUtf8('{"a":1}\n'.repeat(70_000))
    for (const tape of one.scan(body, 'ndjson')) {
      expect(tape.rowCount).toBe(65_536)
      break
    }
    const next = toUtf8('{"b":2}')
    expect([...one.scan(next, 'json')].flatMap(tape => readTape(tape, next))).toMatchObject([
      { raw: '{"b":2}' },
    ])
  })
})

describe('a scanner', () => {
  it('gives the same tapes again, whatever it scanned between', () => {
    const one = scanner()
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed)
      const body = toUtf8(
        Array.from({ length: 5 }, () => sampleEvent(random, 4).text.replaceAll('\r', '')).join('\n'),
      )
      const again = [...one.scan(body, 'ndjson')]
      expect([...one.scan(body, 'ndjson')], `seed ${seed}`).toEqual(again)
      expect(tapesOf(body, 'ndjson'), `seed ${seed}`).toEqual(again)
    }
    expect(bounds.eventDepthMax).toBe(32)
  })
})
