import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { readTime } from '../../src/ingest/event-time.ts'
import { tapesOf } from '../engine/tape/scanned.ts'

/** @param value  JSON text of the time */
function read(value: string): number {
  const body = toUtf8(`{"time":${value}}`)
  const [tape] = tapesOf(body, 'one')
  return readTime({ batch: undefined as never, positionFirst: 0, body, tape: tape! }, 0)
}

const text = (value: string) => read(JSON.stringify(value))
const second = Date.UTC(2015, 8, 12, 0, 46, 58)

describe('a time as text', () => {
  it.each([
    ['2015-09-12T00:46:58Z', second],
    ['2015-09-12T00:46:58.771Z', second + 771],
    ['2015-09-12t00:46:58.771z', second + 771],
    ['2015-09-12 00:46:58.771', second + 771],
    ['2015-09-12T00:46:58', second],
    ['2015-09-12T00:46:58,5Z', second + 500],
    ['2015-09-12T00:46:58.7719999999999999Z', second + 771],
    ['2015-09-12T00:46Z', second - 58_000],
    ['2015-09-12', Date.UTC(2015, 8, 12)],
    ['2015-09-12T02:46:58+02:00', second],
    ['2015-09-12T02:46:58+0200', second],
    ['2015-09-12T02:46:58+02', second],
    ['2015-09-11T19:16:58-05:30', second],
    ['2015-09-12T00:46:60Z', second + 1000],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['2016-02-29', Date.UTC(2016, 1, 29)],
    ['1969-12-31T23:59:59.999Z', -1],
    ['0001-01-01', -62_135_596_800_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('%s', (value, ms) => {
    expect(text(value)).toBe(ms)
  })

  it.each([
    '',
    'yesterday',
    '2015',
    '2015-9-12',
    '2015-09-12T',
    '2015-09-12T00',
    '2015-09-12T24:00:00Z',
    '2015-09-12T00:60:00Z',
    '2015-09-12T00:46:61Z',
    '2015-09-12T00:46:58.Z',
    '2015-09-12T00:46:58ZZ',
    '2015-09-12T00:46:58+2',
    '2015-09-12T00:46:58+24:00',
    '2015-09-12T00:46:58 CET',
    '2015-13-01',
    '2015-00-01',
    '2015-02-29',
    '1900-02-29',
    '2015-04-31',
    '20150912',
    '0000-12-31',
    '12/09/2015',
    ' 2015-09-12',
    '+2015-09-12',
  ])('%s is none, or is a count of seconds', value => {
    const ms = text(value)
    if (/^\d+$/.test(value)) expect(ms).toBe(Number(value) * 1000)
    else expect(ms).toBeNaN()
  })

  it('is read behind escapes', () => {
    expect(read('"2015\\u002d09-12"')).toBe(Date.UTC(2015, 8, 12))
  })
})

describe('a time as a count', () => {
  it.each([
    ['1442018818', second],
    ['1442018818.771', second + 771],
    ['1442018818771', second + 771],
    ['1442018818771999', second + 771],
    ['1442018818771999999', second + 772], // closer than a double of that size can tell
    ['1442018818771000000', second + 771],
    ['0', 0],
    ['-0', 0],
    ['-1', -1000],
    ['-0.0015', -2],
    ['1.5e9', 1_500_000_000_000],
    ['1.442018818771E+12', second + 771],
  ])('%s', (value, ms) => {
    expect(Math.abs(read(value) - ms)).toBe(0)
  })

  it('is of the unit that its size tells, and the edges belong to the smaller unit', () => {
    expect(read('99999999999')).toBe(99_999_999_999_000)
    expect(read('100000000000')).toBe(100_000_000_000)
    expect(read('99999999999999')).toBe(99_999_999_999_999)
    expect(read('100000000000000')).toBe(100_000_000_000)
    expect(read('100000000000000000')).toBe(100_000_000_000)
    expect(read('-100000000000')).toBe(-100_000_000_000)
    expect(read('-99999999999')).toBeNaN() // seconds, long before the year 1
  })

  it('may stand in quotes, without an exponent', () => {
    expect(text('1442018818771')).toBe(second + 771)
    expect(text('-1.5')).toBe(-1500)
    for (const value of ['1e9', '0x10', '1_000', '1,5', '.5', '5.', '--5', '1'.repeat(21), 'NaN', 'Infinity'])
      expect(text(value), value).toBeNaN()
  })

  it('is no time when it is past every year', () => {
    for (const value of ['1e400', '-1e400', '1e30', '-1e30']) expect(read(value)).toBeNaN()
  })

  it('names the same ms in seconds, ms, µs and ns, and as text', () => {
    const from = Date.UTC(1973, 2, 4) // below, ms look like seconds
    const until = Date.UTC(2116, 0, 1) // from then on a double can't tell the µs of a count of ns
    fc.assert(
      fc.property(fc.integer({ min: from, max: until }), ms => {
        const digits = String(ms)
        expect(read(`${digits.slice(0, -3)}.${digits.slice(-3)}`)).toBe(ms)
        expect(read(digits)).toBe(ms)
        expect(read(`${digits}000`)).toBe(ms)
        expect(read(`${digits}000000`)).toBe(ms)
        expect(text(new Date(ms).toISOString())).toBe(ms)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what is neither text nor number', () => {
  it.each(['true', 'false', 'null', '[]', '{}', '["2015-09-12"]'])('%s is no time', value => {
    expect(read(value)).toBeNaN()
  })
})
