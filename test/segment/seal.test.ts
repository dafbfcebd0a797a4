import { describe, expect, it } from 'vitest'
import { concat, fromUtf8 } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { ColumnInfo } from '../../src/contract/segment.ts'
import { checksumBlocks } from '../../src/segment/checked.ts'
import type { CheckedBatch } from '../../src/segment/checked-batch.ts'
import { partition } from '../../src/segment/chunk.ts'
import type { Sealed } from '../../src/segment/seal.ts'
import { batchOf, dayMs, segmentId } from './batches.ts'
import { sealed as sealAll } from './loaded.ts'
import { asFile, readWithHyparquet } from './parquet/readers.ts'
import { randomLines } from './random-lines.ts'

function sealed(
  batches: readonly CheckedBatch[],
  columns: readonly ColumnInfo[] = [],
  columnsMax = 100,
): Sealed {
  const rows = partition(batches).get(segmentId)!
  const [seqFirst, seqLast] = [batches[0]!.batch.seq, batches.at(-1)!.batch.seq]
  return sealAll({ segmentId, ...rows, seqFirst, seqLast, columns, columnsMax })
}

function rowsOf({ parts }: Sealed, role: string) {
  const { chunks } = parts.find(({ part }) => part.role === role)!
  return readWithHyparquet(asFile(chunks))
}

describe('sealing', () => {
  const lines = ['{"id":"a","n":1,"type":"t"}', 'nonsense', '{"id":"b","n":"2","x":{"y":true}}']
  const batch = batchOf({ lines, seq: 7 })

  it('makes a part of each role, and says what is in it', () => {
    const { parts, columns, columnsCapped } = sealed([batch])
    expect(parts.map(({ part }) => [part.role, part.rows, part.doc_first, part.doc_last])).toEqual([
      ['events', 2, 0, 1],
      ['raw', 2, 0, 1],
      ['ids', 2, 0, 1],
      ['refusals', 1, 0, 0],
    ])
    for (const { part, chunks } of parts) {
      expect(part.bytes).toBe(concat(chunks).length)
      expect(part.crc32c).toBe(checksumBlocks(chunks))
      expect(part).toMatchObject({ seq_first: 7, seq_last: 7, inputs: [] })
      expect(part.key).toMatch(new RegExp(`^${segmentId}/${part.role}-0+7-0+7-[0-9a-f]{8}\\.(parquet|ids)$`))
    }
    expect(parts[0]!.part).toMatchObject({
      time_min: dayMs,
      time_max: dayMs + 2000,
      raw_bytes: lines[0]!.length + lines[2]!.length,
    })
    expect(parts[3]!.part).toMatchObject({
      time_min: batch.batch.ingestTimeMs,
      time_max: batch.batch.ingestTimeMs,
      raw_bytes: lines[1]!.length,
    })
    expect(columnsCapped).toBe(false)
    expect(columns).toEqual([
      { name: 'id', path: 'id', type: 'string' },
      { name: 'n', path: 'n', type: 'int64' },
      { name: 'payload.type', path: 'type', type: 'string' },
      { name: 'x.y', path: 'x.y', type: 'boolean' },
    ])
  })

  it('keeps every payload to the byte, and the bytes of what was refused', async () => {
    expect(await rowsOf(sealed([batch]), 'raw')).toEqual([
      { doc: 0, raw: Buffer.from(lines[0]!).toString('hex') },
      { doc: 1, raw: Buffer.from(lines[2]!).toString('hex') },
    ])
    expect(await rowsOf(sealed([batch]), 'refusals')).toMatchObject([
      { sequence: 0n, code: 'malformed_json', raw: Buffer.from(lines[1]!).toString('hex') },
    ])
  })

  it('reads as the events were, in another reader', async () => {
    expect(await rowsOf(sealed([batch]), 'events')).toMatchObject([
      { doc: 0, event_id: 'a', type: 't', 'payload.type': 't', n: 1n, 'x.y': null },
      { doc: 1, event_id: 'b', type: null, 'payload.type': null, n: 2n, 'x.y': true },
    ])
  })

  it('is a function of what it is given: the same bytes every time', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const make = () => {
        const random = seededRandom(seed)
        return sealed(
          [1, 2, 3].map(seq => batchOf({ lines: randomLines(random, 50), seq, docFirst: 1000 * seq })),
        )
      }
      const [once, again] = [make(), make()]
      expect(again, `seed ${seed}`).toEqual(once)
    }
  })

  it('gives other content another key', () => {
    const keys = ['{"n":1}', '{"n":2}'].map(line => sealed([batchOf({ lines: [line] })]).parts[0]!.part.key)
    expect(new Set(keys).size).toBe(2)
  })

  it('writes only the parts that have rows', () => {
    const roles = (lines: string[]) => sealed([batchOf({ lines })]).parts.map(({ part }) => part.role)
    expect(roles(['{"n":1}'])).toEqual(['events', 'raw', 'ids'])
    expect(roles(['nonsense'])).toEqual(['refusals'])
  })
})

describe('the columns of a segment', () => {
  const known: ColumnInfo[] = [
    { name: 'n', path: 'n', type: 'double' },
    { name: 'gone', path: 'gone', type: 'int64' },
  ]

  it('only widen, from part to part', () => {
    const { columns } = sealed([batchOf({ lines: ['{"n":1,"new":true}', '{"n":2}'] })], known)
    expect(columns).toEqual([...known, { name: 'new', path: 'new', type: 'boolean' }])
    const wider = sealed([batchOf({ lines: ['{"n":"word","gone":0.5}'] })], columns)
    expect(wider.columns.map(({ type }) => type)).toEqual(['string', 'double', 'boolean'])
  })

  it('stay what they were where a part brings none of them', () => {
    expect(sealed([batchOf({ lines: ['nonsense'] })], known).columns).toEqual(known)
    expect(sealed([batchOf({ lines: ['{}'] })], known).columns).toEqual(known)
  })

  it('are no more than their bound, and what is left out stays in the payload', async () => {
    const line = '{"a":1,"b":2,"c":3}'
    const capped = sealed([batchOf({ lines: [line] })], [], 2)
    expect(capped.columnsCapped).toBe(true)
    expect(capped.columns.map(({ name }) => name)).toEqual(['a', 'b'])
    const [{ raw }] = (await rowsOf(capped, 'raw')) as [{ raw: string }]
    expect(fromUtf8(Buffer.from(raw, 'hex'))).toBe(line)
  })

  it('never take a name of the envelope', () => {
    const line = '{"doc":1,"event_time":"x","payload":{"type":2},"payload.type":3,"type":4}'
    const { columns } = sealed([batchOf({ lines: [line] })])
    const names = columns.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).not.toContain('doc')
  })
})
