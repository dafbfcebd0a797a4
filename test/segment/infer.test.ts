import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnTypes } from '../../src/contract/segment.ts'
import { gather } from '../../src/segment/gather.ts'
import { inferType, widen } from '../../src/segment/infer.ts'
import { batchOf } from './batches.ts'
import { selecting } from './loaded.ts'

/** The type of a column that has this value alone, written in JSON. */
function typeOf(json: string) {
  const { accepted, blocks } = batchOf({ lines: [`{"v":${json}}`] })
  return selecting(accepted, blocks, selection => {
    const [column] = gather(selection, blocks, [], 10).columns
    return column && inferType(selection.values.inferTypes(column.cells), undefined)
  })
}

describe('the type of a value', () => {
  it.each([
    ['true', 'boolean'],
    ['false', 'boolean'],
    ['{}', 'json'],
    ['[1]', 'json'],
    ['1', 'int64'],
    ['-17', 'int64'],
    ['9007199254740993', 'int64'],
    ['999999999999999999', 'int64'],
    ['-999999999999999999', 'int64'],
    ['1000000000000000000', 'string'],
    ['123456789012345678901234567890', 'string'],
    ['0.5', 'double'],
    ['1e3', 'double'],
    ['-0.0', 'double'],
    ['1.7976931348623157e308', 'double'],
    ['1e309', 'string'],
    ['-1E+400', 'string'],
    [`${'9'.repeat(400)}.5`, 'string'],
    ['"x"', 'string'],
    ['""', 'string'],
    ['"true"', 'string'],
    ['"null"', 'string'],
    ['"0"', 'int64'],
    ['"12"', 'int64'],
    ['"-12"', 'int64'],
    ['"007"', 'string'],
    ['"-07"', 'string'],
    ['"00"', 'string'],
    ['"-0"', 'string'],
    ['"-"', 'string'],
    ['"+1"', 'string'],
    ['" 1"', 'string'],
    ['"1 "', 'string'],
    ['"1e3"', 'string'],
    ['"0x10"', 'string'],
    ['"1_000"', 'string'],
    ['"NaN"', 'string'],
    ['"999999999999999999"', 'int64'],
    ['"1000000000000000000"', 'string'],
    ['"0.5"', 'double'],
    ['"-12.25"', 'double'],
    ['"00.5"', 'string'],
    ['".5"', 'string'],
    ['"5."', 'string'],
    ['"1.2.3"', 'string'],
    ['"123456789.123456"', 'double'],
    ['"1234567890.123456"', 'string'],
    ['"2015-09-12"', 'timestamp'],
    ['"2015-09-12T00:46:58.771Z"', 'timestamp'],
    ['"2015-09-12 00:46:58"', 'timestamp'],
    ['"2015-09-12T00:46:58+02:00"', 'timestamp'],
    ['"2015-02-30"', 'string'],
    ['"2015-09"', 'string'],
    ['"20150912"', 'int64'],
    ['"10:46:58"', 'string'],
    ['"\\u0031"', 'string'],
  ])('%s is %s', (json, type) => {
    expect(typeOf(json)).toBe(type)
  })

  it('is none for a null', () => {
    expect(typeOf('null')).toBeUndefined()
  })

  it('never promises a number that says something else than its text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?[0-9]{1,20}(\.[0-9]{1,20})?$/), text => {
        const type = typeOf(JSON.stringify(text))
        if (type === 'int64') expect(String(BigInt(text))).toBe(text)
        if (type === 'double') {
          const decimals = text.length - text.indexOf('.') - 1
          expect(Math.abs(Number(text)).toFixed(decimals)).toBe(text.replace('-', ''))
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('widening', () => {
  const types = [undefined, ...columnTypes]

  it('goes from whole numbers to doubles, and from anything else to text', () => {
    expect(widen('int64', 'double')).toBe('double')
    expect(widen('double', 'int64')).toBe('double')
    expect(widen('int64', 'timestamp')).toBe('string')
    expect(widen('boolean', 'int64')).toBe('string')
    expect(widen('json', 'string')).toBe('string')
    expect(widen(undefined, 'json')).toBe('json')
    expect(widen('json', undefined)).toBe('json')
  })

  it('comes to the same, in whatever order the values come', () => {
    for (const a of types)
      for (const b of types) {
        expect(widen(a, b)).toBe(widen(b, a))
        expect(widen(a, a)).toBe(a)
        for (const c of types) expect(widen(widen(a, b), c), `${a} ${b} ${c}`).toBe(widen(a, widen(b, c)))
      }
  })
})
