import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { ScanFormat } from '../../src/engine/tape/scan.ts'
import { decode } from '../../src/ingest/decode.ts'
import { batchInfo } from '../../src/ingest/intake.ts'
import { scanner } from '../engine/tape/scanned.ts'
import { nowMs } from './gate.ts'

const batch = batchInfo('0', 1, nowMs, 's', undefined)
const usual = scanner()
const blocksOf = (body: Uint8Array, format: ScanFormat) => [...decode(batch, body, format, usual)]

describe('decode', () => {
  it('gives blocks of the batch, over the body itself', () => {
    const body = toUtf8('{"a":1}\n{"b":2}')
    const [block, ...more] = blocksOf(body, 'ndjson')
    expect(more).toEqual([])
    expect(block).toMatchObject({ positionFirst: 0, tape: { rowCount: 2 } })
    expect(block!.batch).toBe(batch)
    expect(block!.body).toBe(body)
  })

  it('counts positions from block to block', () => {
    const lineCount = 150_000
    const blocks = blocksOf(toUtf8('{}\n'.repeat(lineCount)), 'ndjson')
    expect(blocks.length).toBeGreaterThan(2)
    let next = 0
    for (const { positionFirst, tape } of blocks) {
      expect(positionFirst).toBe(next)
      next += tape.rowCount
    }
    expect(next).toBe(lineCount)
  })

  it('makes of a body of no lines no events, and of a bad JSON body one that is refused', () => {
    const count = (text: string, format: ScanFormat) =>
      blocksOf(toUtf8(text), format).reduce((sum, { tape }) => sum + tape.rowCount, 0)
    expect(count('\n \n', 'ndjson')).toBe(0)
    expect(count('[]', 'json')).toBe(0)
    expect(count('[{},{}]', 'json')).toBe(2)
    expect(count('{"a":', 'json')).toBe(1)
    expect(count('{}\n{}', 'one')).toBe(1)
  })

  it('makes a block only when it is asked for', () => {
    const blocks = decode(batch, toUtf8('{}\n'.repeat(150_000)), 'ndjson', usual)
    expect(blocks.next().value!.tape.rowCount).toBeLessThan(150_000)
    blocks.return(undefined)
    expect(blocksOf(toUtf8('{}'), 'ndjson').length, 'the scanner takes the next body all the same').toBe(1)
  })
})
