// Arrow streams that lie: rows or one of two refusals, soon and within bounds.

import * as arrow from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { flipBit, linesOf, outcomeOf, seededRandom } from './decoding.ts'

const entries = new arrow.Struct([
  new arrow.Field('key', new arrow.Utf8(), false),
  new arrow.Field('value', new arrow.Int32(), true),
])
const table = new arrow.Table({
  id: arrow.vectorFromArray([1n, 2n, null], new arrow.Int64()),
  word: arrow.vectorFromArray(['a', 'b', 'a'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())),
  list: arrow.vectorFromArray(
    [['x', null], [], null],
    new arrow.List(new arrow.Field('item', new arrow.Utf8(), true)),
  ),
  map: arrow.vectorFromArray(
    [new Map([['k', 1]]), null, new Map()],
    new arrow.Map_(new arrow.Field('entries', entries, false) as never),
  ),
  at: arrow.vectorFromArray([1, 2, 3], new arrow.TimestampMillisecond()),
})
const bodies = { stream: arrow.tableToIPC(table, 'stream'), file: arrow.tableToIPC(table, 'file') }

const answers = expect.objectContaining({ code: expect.stringMatching(/^(malformed_arrow|body_too_large)$/) })

describe('damaged streams', () => {
  it('are whole to begin with', async () => {
    for (const body of Object.values(bodies)) {
      expect(await linesOf('arrow', body)).toEqual([
        '{"id":1,"word":"a","list":["x",null],"map":{"k":1},"at":"1970-01-01T00:00:00.001Z"}',
        '{"id":2,"word":"b","list":[],"map":null,"at":"1970-01-01T00:00:00.002Z"}',
        '{"id":null,"word":"a","list":null,"map":{},"at":"1970-01-01T00:00:00.003Z"}',
      ])
    }
  })

  it('are refused wherever they are cut off, but between messages, where a stream may end', async () => {
    const { stream, file } = bodies
    const readable: number[] = []
    for (let length = 0; length < stream.length; length++) {
      const outcome = await outcomeOf('arrow', stream.subarray(0, length))
      if ('rowCount' in outcome) readable.push(length)
      else expect(outcome, `first ${length} bytes`).toEqual(answers)
    }
    // Behind the schema, behind the dictionary and behind the batch.
    expect(readable).toHaveLength(3)
    for (let length = 0; length < file.length; length++) {
      expect(await outcomeOf('arrow', file.subarray(0, length)), `first ${length} bytes`).toEqual(answers)
    }
  })

  it('give rows or a refusal for 2,000 random bit flips', async () => {
    const seed = 31_337
    const random = seededRandom(seed)
    let refusedCount = 0
    for (let round = 0; round < 2000; round++) {
      const body = round % 2 === 0 ? bodies.stream : bodies.file
      const bit = random(body.length * 8)
      const started = performance.now()
      const outcome = await outcomeOf('arrow', flipBit(body, bit))
      const place = `seed ${seed}, round ${round}, bit ${bit}`
      expect(performance.now() - started, place).toBeLessThan(1000)
      if ('code' in outcome) {
        expect(outcome, place).toEqual(answers)
        refusedCount++
      }
    }
    expect(refusedCount).toBeGreaterThan(200)
  }, 60_000)

  it('give rows or a refusal when words of the metadata are overwritten', async () => {
    const seed = 8
    const random = seededRandom(seed)
    for (let round = 0; round < 4000; round++) {
      const body = bodies.stream.slice()
      const view = new DataView(body.buffer, body.byteOffset)
      for (let i = 0; i < 2; i++) {
        const at = random((body.length - 4) >> 2) * 4
        view.setInt32(
          at,
          [0, 1, -1, 4, -4, 0x7fffffff, random(body.length), -random(body.length)][random(8)]!,
          true,
        )
      }
      const outcome = await outcomeOf('arrow', body)
      if ('code' in outcome) expect(outcome, `seed ${seed}, round ${round}`).toEqual(answers)
    }
  }, 60_000)
})

describe('streams that claim too much', () => {
  /** A schema of `count` times the same struct, whose `count` fields are all the same one, of a name that all share. */
  function sharingSchema(count: number, nameBytes: number): Uint8Array {
    const [outer, inner] = [60, 124 + 4 * count]
    const [outerField, innerField] = [outer + 4 + 4 * count, inner + 4 + 4 * count]
    const name = innerField + 60
    const bytes = new Uint8Array(name + 4 + nameBytes)
    const view = new DataView(bytes.buffer)
    const offset = (at: number, to: number) => view.setUint32(at, to - at, true)
    const vtable = (at: number, slots: number[]) => {
      for (const [i, slot] of [slots.length * 2 + 4, 20, ...slots].entries())
        view.setUint16(at + 2 * i, slot, true)
    }
    const struct = (at: number, children: number) => {
      vtable(at, [16, 0, 8, 12, 0, children > 0 ? 4 : 0]) // name, nullable, type id, type, dictionary, children
      view.setInt32(at + 16, 16, true)
      offset(at + 20, children)
      view.setUint8(at + 24, 13)
      offset(at + 28, at + 40)
      offset(at + 32, name)
      vtable(at + 36, [])
      view.setInt32(at + 40, 4, true)
      return at + 16
    }
    const vector = (at: number, to: number) => {
      view.setUint32(at, count, true)
      for (let i = 1; i <= count; i++) offset(at + 4 * i, to)
    }
    offset(0, 16)
    vtable(4, [4, 6, 8, 0]) // of the message: version, kind, header, body length
    view.setInt32(16, 12, true)
    view.setUint16(20, 4, true)
    view.setUint8(22, 1)
    offset(24, 48)
    vtable(36, [0, 4]) // of the schema: endianness, fields
    view.setInt32(48, 12, true)
    offset(52, outer)
    vector(outer, struct(outerField, inner))
    vector(inner, struct(innerField, 0))
    view.setUint32(name, nameBytes, true)
    const message = new Uint8Array(8 + bytes.length)
    new DataView(message.buffer).setInt32(0, -1, true)
    new DataView(message.buffer).setInt32(4, bytes.length, true)
    message.set(bytes, 8)
    return message
  }

  it('are refused when fields share what they point to over and over', async () => {
    const refusal = async (count: number, nameBytes: number) => {
      const started = performance.now()
      const outcome = await outcomeOf('arrow', sharingSchema(count, nameBytes))
      expect(performance.now() - started).toBeLessThan(1000)
      return outcome
    }
    expect(await refusal(1, 3)).toEqual({ rowCount: 0 })
    expect(await refusal(2, 3)).toMatchObject({ message: expect.stringContaining('two columns are named') })
    expect(await refusal(20_000, 3)).toMatchObject({
      message: expect.stringContaining('more than 10000 fields'),
    })
    expect(await refusal(90, 100_000)).toMatchObject({
      message: expect.stringContaining('refers to itself over and over'),
    })
  })

  it('are refused when a batch claims more rows than it may make', async () => {
    const nulls = arrow.makeData({ type: new arrow.Null(), length: 2 ** 31 - 1 })
    const schema = new arrow.Schema([new arrow.Field('n', new arrow.Null(), true)])
    const struct = arrow.makeData({
      type: new arrow.Struct(schema.fields),
      length: nulls.length,
      children: [nulls],
    })
    const body = arrow.RecordBatchStreamWriter.writeAll([new arrow.RecordBatch(schema, struct)]).toUint8Array(
      true,
    )
    expect(body.length).toBeLessThan(1000)
    expect(await outcomeOf('arrow', body)).toMatchObject({ code: 'body_too_large' })
  })

  it('are refused with the column and the row where a value leaves its buffer', async () => {
    const body = arrow.tableToIPC(
      new arrow.Table({ word: arrow.vectorFromArray(['abc', 'defg'], new arrow.Utf8()) }),
    )
    const offsets = Buffer.from(Int32Array.of(0, 3, 7).buffer)
    body[Buffer.from(body.buffer, body.byteOffset, body.length).indexOf(offsets) + 8] = 99
    expect(await outcomeOf('arrow', body)).toEqual({
      code: 'malformed_arrow',
      message:
        'Arrow body: record batch 0: column "word", row 1: a value lies at 3 to 99 of 8. ' +
        'Check that it was sent whole and opens in another reader, then send it again.',
    })
  })

  it('are refused when they are no stream at all', async () => {
    for (const text of ['', '{"a":1}', 'ARROW1', 'ARROW1\0\0ARROW1', 'PAR1', '\0\0\0\0']) {
      expect(await outcomeOf('arrow', new TextEncoder().encode(text)), text).toEqual(answers)
    }
    for (const text of ['', 'PAR1', 'PAR1PAR1', 'PAR1\0\0\0\0PAR1', '{"a":1}', 'ARROW1']) {
      expect(await outcomeOf('parquet', new TextEncoder().encode(text)), text).toMatchObject({
        code: 'malformed_parquet',
      })
    }
  })
})
