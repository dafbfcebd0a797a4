import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { parseTime } from '../../src/base/rfc3339.ts'
import type { ColumnType } from '../../src/contract/segment.ts'
import { columnOfCells } from '../../src/segment/build.ts'
import { gather } from '../../src/segment/gather.ts'
import { inferType } from '../../src/segment/infer.ts'
import { batchOf } from './batches.ts'
import { selecting, valuesOfSource } from './loaded.ts'

/** The column of field `v` out of events that have these values, as JSON; undefined for none. */
function columnOf(values: readonly (string | undefined)[], atLeast?: ColumnType, stepRows?: number) {
  const lines = values.map(json => (json === undefined ? '{}' : `{"v":${json}}`))
  const { accepted: rows, blocks } = batchOf({ lines })
  return selecting(rows, blocks, selection => {
    const [gathered] = gather(selection, blocks, [], 10).columns
    const type = inferType(selection.values.inferTypes(gathered!.cells), atLeast)
    const source = type && columnOfCells('v', type, gathered!.cells, selection)
    return { type, values: source && valuesOfSource(source, rows.count, stepRows) }
  })
}

describe('a column', () => {
  it.each<[string, (string | undefined)[], ColumnType, unknown[]]>([
    ['booleans', ['true', undefined, 'false', 'null'], 'boolean', [true, null, false, null]],
    ['whole numbers', ['1', '-2', '"3"', undefined], 'int64', [1n, -2n, 3n, null]],
    ['numbers', ['1', '2.5', '"-0.25"', '1e3'], 'double', [1, 2.5, -0.25, 1000]],
    [
      'digits past 2^53',
      ['9007199254740993', '-999999999999999999', '1'],
      'int64',
      [9007199254740993n, -999999999999999999n, 1n],
    ],
    [
      'more digits than 64 bits hold',
      ['1', '123456789012345678901234567890'],
      'string',
      ['1', '123456789012345678901234567890'],
    ],
    [
      'long whole numbers beside fractions',
      ['9007199254740993', '0.5'],
      'string',
      ['9007199254740993', '0.5'],
    ],
    ['leading zeros', ['"007"', '"12"'], 'string', ['007', '12']],
    ['numbers and words', ['1.50', '"x"', 'true', '[1, 2]'], 'string', ['1.50', 'x', 'true', '[1, 2]']],
    ['times', ['"2015-09-12T00:46:58.771Z"', '"1969-12-31"'], 'timestamp', [1442018818771n, -86400000n]],
    ['times and others', ['"2015-09-12"', '7'], 'string', ['2015-09-12', '7']],
    ['arrays and empty objects', ['[1, 2]', '{ }'], 'json', ['[1, 2]', '{ }']],
    ['text with escapes', ['"a\\n\\u00e9"', '"\\ufeffb"', '"plain"'], 'string', ['a\né', '\ufeffb', 'plain']],
    ['lone surrogates', ['"\\ud800"', '"x"'], 'string', ['\ufffd', 'x']],
    ['empty text', ['""', undefined, '""'], 'string', ['', null, '']],
  ])('of %s keeps them', (_, values, type, expected) => {
    expect(columnOf(values)).toEqual({ type, values: expected })
  })

  it('of nulls alone has no type', () => {
    const { accepted: rows, blocks } = batchOf({ lines: ['{"v":null}'] })
    selecting(rows, blocks, selection => expect(gather(selection, blocks, [], 10).columns).toEqual([]))
  })

  it('takes at least the type that the segment has given it', () => {
    expect(columnOf(['1', '2'], 'double')).toEqual({ type: 'double', values: [1, 2] })
    expect(columnOf(['1.50', '2'], 'string')).toEqual({ type: 'string', values: ['1.50', '2'] })
    expect(columnOf(['true'], 'int64')).toEqual({ type: 'string', values: ['true'] })
    expect(columnOf(['9007199254740993'], 'double')).toEqual({ type: 'string', values: ['9007199254740993'] })
  })

  it.each(['1', '2.5', '"a"', '"ä"', 'true', '"2015-09-12"', '[1]'])(
    'of %s is the same, a few rows at a time',
    value => {
      const values = Array.from({ length: 50 }, (_, i) => (i % 7 < 3 ? undefined : value))
      expect(columnOf(values, undefined, 9)).toEqual(columnOf(values))
    },
  )

  it('has every double that the runtime reads from the same text', () => {
    const text = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
      fc.stringMatching(/^-?(0|[1-9][0-9]{0,18})\.[0-9]{1,18}$/),
      fc.stringMatching(/^-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,5})?[eE][-+]?[0-9]{1,2}$/),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), texts => {
        const { values } = columnOf([...texts, '0.5'], 'double')
        if (typeof values?.[0] === 'number') expect(values.slice(0, -1)).toEqual(texts.map(Number))
      }),
      { numRuns: 1000 },
    )
  })

  it('has every whole number that fits, to the digit', () => {
    const whole = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 20 }), values => {
        expect(columnOf(values.map(String)).values).toEqual(values)
      }),
      { numRuns: 1000 },
    )
  })

  it('of times has those that the parser of times reads, and no others', () => {
    const two = fc.integer({ min: 0, max: 64 }).map(n => String(n).padStart(2, '0'))
    const year = fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.constantFrom(1900, 1969, 1970, 2000, 2024))
    const date = fc
      .tuple(year, fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
      .map(([y, m, d]) =>
        [String(y).padStart(4, '0'), ...[m, d].map(n => String(n).padStart(2, '0'))].join('-'),
      )
    const zone = fc.oneof(
      fc.constantFrom('', 'Z', 'z', 'Zx', '+02', '-0930', '+02:00', '+2:00', '-24:00'),
      fc.string(),
    )
    const fraction = fc.stringMatching(/^([.,][0-9]{0,10})?$/)
    const time = fc
      .tuple(
        fc.constantFrom('T', 't', ' ', '_'),
        two,
        two,
        fc.oneof(
          fc.constant(''),
          two.map(s => `:${s}`),
        ),
        fraction,
        zone,
      )
      .map(([separator, h, m, s, f, z]) => `${separator}${h}:${m}${s}${f}${z}`)
    const text = fc.tuple(date, fc.oneof(fc.constant(''), time)).map(parts => parts.join(''))
    fc.assert(
      fc.property(text, written => {
        const bytes = toUtf8(written)
        const ms = parseTime(bytes, 0, bytes.length)
        const { type, values } = columnOf([JSON.stringify(written)])
        if (Number.isNaN(ms)) expect(type).toBe('string')
        else expect({ type, values }).toEqual({ type: 'timestamp', values: [BigInt(ms)] })
      }),
      { numRuns: 3000 },
    )
  })

  it('as text holds what each value was written as, unless it was a string', () => {
    const json = fc.oneof(
      fc.jsonValue({ maxDepth: 1, stringUnit: 'binary' }).map(value => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 30 }), values => {
        const { type, values: kept } = columnOf(['"x"', ...values.filter(isScalar)])
        expect(type).toBe('string')
        expect(kept!.slice(1)).toEqual(values.filter(isScalar).map(spelled))
      }),
      { numRuns: 500 },
    )
  })
})

/** Objects with members become columns of their own. */
function isScalar(json: string): boolean {
  return !json.startsWith('{') || json === '{}'
}

function spelled(json: string): string | null {
  if (json === 'null') return null
  return json.startsWith('"')
    ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(JSON.parse(json)))
    : json
}
