import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js'
import { describe, expect, it } from 'vitest'
import { type Fields, ParquetError, readStruct } from '../../../src/segment/parquet/thrift-read.ts'
import { integerMax, ThriftWriter } from '../../../src/segment/parquet/thrift-write.ts'

const integers = [0, 1, 63, 64, 127, 128, 2 ** 31, 2 ** 32 + 5, integerMax]
const long = Array.from({ length: 200 }, (_, i) => i)

function everything(): Uint8Array {
  const out = new ThriftWriter()
  out.i32(1, 7)
  out.bool(2, true)
  out.bool(3, false)
  out.string(4, 'ключ\0')
  out.i64s(5, integers)
  out.i32s(6, long)
  out.struct(8, () => {
    out.i32(1, 9)
    out.struct(15, () => {})
  })
  out.structs(9, ['a', 'b'], (name, index) => {
    out.string(1, name)
    out.i32(2, index)
  })
  out.bools(10, [true, false, true])
  out.binaries(11, [new Uint8Array(0), new Uint8Array(300).fill(7)])
  out.i64(26, 2 ** 40)
  return out.finish()
}

describe('thrift', () => {
  it('is read by hyparquet', () => {
    const bytes = everything()
    const read = deserializeTCompactProtocol({
      view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
      offset: 0,
    })
    expect(read).toEqual({
      field_1: 7,
      field_2: true,
      field_3: false,
      field_4: new TextEncoder().encode('ключ\0'),
      field_5: integers.map(BigInt),
      field_6: long,
      field_8: { field_1: 9, field_15: {} },
      field_9: [
        { field_1: new Uint8Array([97]), field_2: 0 },
        { field_1: new Uint8Array([98]), field_2: 1 },
      ],
      field_10: [true, false, true],
      field_11: [new Uint8Array(0), new Uint8Array(300).fill(7)],
      field_26: 2n ** 40n,
    })
  })

  it('is read by our own reader', () => {
    const read = readStruct(everything())
    expect(read.number(1)).toBe(7)
    expect([read.bool(2), read.bool(3)]).toEqual([true, false])
    expect(read.string(4)).toBe('ключ\0')
    expect(read.numbers(5)).toEqual(integers)
    expect(read.numbers(6)).toEqual(long)
    expect(read.struct(8).number(1)).toBe(9)
    expect(read.structs(9).map(item => [item.string(1), item.number(2)])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
    expect(read.number(26)).toBe(2 ** 40)
    expect([read.has(26), read.has(27)]).toEqual([true, false])
  })

  it('says which field is missing or of another type', () => {
    const read = readStruct(everything())
    const wrong: ((fields: Fields) => unknown)[] = [
      f => f.number(2),
      f => f.bool(1),
      f => f.binary(1),
      f => f.struct(9),
      f => f.numbers(9),
    ]
    for (const get of wrong) expect(() => get(read)).toThrow('missing or of another type')
    expect(() => read.structs(7)).toThrow('field 7')
  })

  it('throws a ParquetError wherever the bytes end', () => {
    const bytes = everything()
    for (let end = 0; end < bytes.length; end++) {
      expect(() => readStruct(bytes.subarray(0, end)), `cut at ${end}`).toThrow(ParquetError)
    }
  })

  it.each([
    ['a type that we never write', [0x17, 0]],
    ['a negative integer', [0x15, 1, 0]],
    ['an integer without end', [0x15, ...new Array(12).fill(0xff), 0]],
    ['a list longer than its bytes', [0x19, 0xf5, 0xff, 0xff, 0x7f]],
    ['a field id that is spelled out', [0x05, 2, 2, 0]],
    ['structs without end', new Array(40).fill(0x1c)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => readStruct(Uint8Array.from(bytes))).toThrow(ParquetError)
  })

  it('asserts rising fields and integers in range', () => {
    const out = new ThriftWriter()
    out.i32(3, 1)
    expect(() => out.i32(3, 1)).toThrow('out of order')
    expect(() => out.i32(19, 1)).toThrow('out of order')
    expect(() => out.i32(4, -1)).toThrow('out of range')
    expect(() => out.i64(5, integerMax + 1)).toThrow('out of range')
  })
})
