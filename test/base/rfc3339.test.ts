import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { formatTime, parseTime, timeMsMax, timeMsMin } from '../../src/base/rfc3339.ts'

function parse(text: string): number {
  const bytes = toUtf8(text)
  return parseTime(bytes, 0, bytes.length)
}

describe('parseTime', () => {
  it.each([
    ['2015-09-12T00:46:58.771Z', Date.UTC(2015, 8, 12, 0, 46, 58, 771)],
    ['2015-09-12T00:46:58Z', Date.UTC(2015, 8, 12, 0, 46, 58)],
    ['2015-09-12t00:46:58z', Date.UTC(2015, 8, 12, 0, 46, 58)],
    ['2015-09-12 00:46:58', Date.UTC(2015, 8, 12, 0, 46, 58)],
    ['2015-09-12T00:46', Date.UTC(2015, 8, 12, 0, 46)],
    ['2015-09-12T00:46Z', Date.UTC(2015, 8, 12, 0, 46)],
    ['2015-09-12', Date.UTC(2015, 8, 12)],
    ['2015-09-12T02:00:00+02:00', Date.UTC(2015, 8, 12)],
    ['2015-09-12T02:00:00+0200', Date.UTC(2015, 8, 12)],
    ['2015-09-12T02:00:00+02', Date.UTC(2015, 8, 12)],
    ['2015-09-11T18:30:00-05:30', Date.UTC(2015, 8, 12)],
    ['2015-09-12T00:00:00.1Z', Date.UTC(2015, 8, 12) + 100],
    ['2015-09-12T00:00:00,25Z', Date.UTC(2015, 8, 12) + 250],
    ['2015-09-12T00:00:00.123999999999999999999Z', Date.UTC(2015, 8, 12) + 123],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['2016-12-31T23:59:60.5Z', Date.UTC(2016, 11, 31, 23, 59, 59, 500)],
    ['2016-02-29T00:00:00Z', Date.UTC(2016, 1, 29)],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
    ['1969-12-31T23:59:59.999Z', -1],
    ['0001-01-01T00:00:00Z', timeMsMin],
    ['9999-12-31T23:59:59.999Z', timeMsMax],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toBe(expected)
  })

  it.each([
    '',
    '2015',
    '2015-09',
    '2015-9-12',
    '20150912T000000Z',
    '2015-09-12T',
    '2015-09-12T00',
    '2015-09-12T00:',
    '2015-09-12T00:4',
    '2015-09-12T00:46:',
    '2015-09-12T00:46:5',
    '2015-09-12T00:46:58.',
    '2015-09-12T00:46:58.Z',
    '2015-09-12T00:46:58.7.7Z',
    '2015-09-12T00:46:58Zulu',
    '2015-09-12T00:46:58ZZ',
    '2015-09-12T00:46:58+',
    '2015-09-12T00:46:58+2',
    '2015-09-12T00:46:58+020',
    '2015-09-12T00:46:58+02:0',
    '2015-09-12T00:46:58+02-00',
    '2015-09-12T00:46:58+24:00',
    '2015-09-12T00:46:58+02:60',
    '2015-09-12T00:46:58 UTC',
    '2015-09-12_00:46:58Z',
    '2015-09-12\u000000:46:58Z',
    '2015-09-12\u001400:46:58Z',
    '2015-09-12T24:00:00Z',
    '2015-09-12T00:60:00Z',
    '2015-09-12T00:00:61Z',
    '2015-00-12',
    '2015-13-12',
    '2015-09-00',
    '2015-09-31',
    '2015-02-29',
    '1900-02-29',
    '2015-09-12 ',
    ' 2015-09-12',
    '2015/09/12',
    '+2015-09-12',
    '-2015-09-12',
    '12015-09-12',
    '２015-09-12',
    'twenty fifteen',
  ])('refuses %j', text => {
    expect(parse(text)).toBeNaN()
  })

  it('agrees with the runtime on every time that both take', () => {
    const time = fc.integer({ min: timeMsMin, max: timeMsMax })
    const offset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 })
    fc.assert(
      fc.property(time, offset, (timeMs, minutes) => {
        expect(parse(new Date(timeMs).toISOString())).toBe(timeMs)
        const local = inZone(timeMs, minutes)
        if (/^\d{4}-/.test(local)) expect(parse(local), local).toBe(Date.parse(local))
      }),
      { numRuns: 5000 },
    )
  })

  it('takes no date that the calendar does not have, and every one that it has', () => {
    const digits = (value: number, count: number) => String(value).padStart(count, '0')
    const part = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.nat(20), fc.nat(40))
    fc.assert(
      fc.property(part, ([year, month, day]) => {
        const text = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
        const date = new Date(0)
        date.setUTCFullYear(year, month - 1, day)
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
        expect(parse(text), text).toBe(exists ? date.getTime() : Number.NaN)
      }),
      { numRuns: 5000 },
    )
  })

  it('is never led out of its slice', () => {
    const around = toUtf8('9992015-09-12T00:46:58.771Z999')
    expect(parseTime(around, 3, 27)).toBe(Date.UTC(2015, 8, 12, 0, 46, 58, 771))
    expect(parseTime(around, 3, 26)).toBe(Date.UTC(2015, 8, 12, 0, 46, 58, 771))
    expect(parseTime(around, 3, 28)).toBeNaN()
  })

  it('takes any bytes without throwing', () => {
    const spice = fc.constantFrom(...toUtf8('0123456789-:.TZ+ ,'), 0, 255)
    fc.assert(
      fc.property(fc.array(spice, { maxLength: 40 }), bytes => {
        expect(parseTime(Uint8Array.from(bytes), 0, bytes.length)).toBeTypeOf('number')
      }),
      { numRuns: 5000 },
    )
  })
})

describe('formatTime', () => {
  it('writes what parseTime reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: timeMsMin, max: timeMsMax }), timeMs => {
        expect(formatTime(timeMs)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        expect(parse(formatTime(timeMs))).toBe(timeMs)
      }),
    )
  })
})

/** The same moment as a clock shows it that is so many minutes ahead of UTC. */
function inZone(timeMs: number, minutes: number): string {
  const local = new Date(timeMs + minutes * 60_000).toISOString().slice(0, -1)
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${local}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}
