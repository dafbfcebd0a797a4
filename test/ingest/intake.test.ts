import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import { Refused } from '../../src/contract/refused.ts'
import { intakeOfBatch } from '../../src/ingest/intake.ts'
import { scanner } from '../engine/tape/scanned.ts'
import { batchHeader, type Change, nowMs, policy } from './gate.ts'

const usual = scanner()
const intake = (body: string, change: Change = {}) =>
  intakeOfBatch('w', 7, batchHeader(change), toUtf8(body), usual)

describe('the intake of a log frame', () => {
  it('names the batch by its writer and sequence', () => {
    expect(intake('{}')).toMatchObject({
      tenant: 't',
      stream: 'events',
      bytes: 2,
      keepsRefusals: true,
      policy,
      batch: {
        seq: 7,
        batchId: 'bw-7',
        ingestTimeMs: nowMs,
        source: 'default',
        derivedIdPrefix: 'bw-7',
        derivedIdFirst: 0,
      },
    })
  })

  it('takes source and pack from the frame', () => {
    const pack = { name: 'p', version: 2 }
    expect(intake('{}', { source: 'shop', pack }).batch).toMatchObject({ source: 'shop', pack })
  })

  it('derives ids from the file, where the body is a piece of one', () => {
    const { batch } = intake('{}', { file: { hash: 'abc', first_row: 100 } })
    expect(batch).toMatchObject({ batchId: 'bw-7', derivedIdPrefix: 'abc', derivedIdFirst: 100 })
  })

  it('takes as many events as a batch may have, and refuses one more', () => {
    const bound = { policy: { batch_events_max: 3 } }
    expect(intake('{}\n{}\n{', bound).blocks[0]!.tape.rowCount).toBe(3)
    const refused = expect(() => intake('{}\n{}\n{}\n{}', bound))
    refused.toThrow(Refused)
    refused.toThrow('a body holds at most 3 events; send it in several')
    expect(() => intake('[{},{},{},{}]', { ...bound, format: 'json' })).toThrow(
      expect.objectContaining({ code: 'too_many_events' }),
    )
  })

  it('stops reading where the bound is passed', () => {
    let tapeCount = 0
    const counting = {
      *scan(...given: Parameters<typeof usual.scan>) {
        for (const tape of usual.scan(...given)) {
          tapeCount++
          yield tape
        }
      },
    } as typeof usual
    const header = batchHeader({ policy: { batch_events_max: 10 } })
    expect(() => intakeOfBatch('w', 7, header, toUtf8('{}\n'.repeat(300_000)), counting)).toThrow(Refused)
    expect(tapeCount).toBe(1)
  })
})
