// Replay is deterministic: the same log makes the same store, to the byte; other flushes and restarts make other parts,
// and the same answers.

import { describe, expect, it } from 'vitest'
import type { Operation } from './operations.ts'
import { play } from './player.ts'
import { checkAnswers, checkBytes } from './replays.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))

describe('a log', () => {
  it('makes the same bytes whenever it is replayed, however slow the disk', async () => {
    await checkBytes({ histories: 4, operations: 40, seed })
  }, 60_000)
})

describe('a history', () => {
  it('has the same answers wherever it was flushed, merged and restarted', async () => {
    await checkAnswers({ histories: 4, operations: 40, seed })
  }, 60_000)

  it('keeps the columns of a segment that gets nothing but refusals for a while', async () => {
    const place = { kind: 'ingest', tenant: 't', stream: 'events', reopen: false } as const
    const time = '"time":"2026-01-10T12:00:00Z"'
    const operations: Operation[] = [
      { ...place, lines: [`{"id":"a",${time},"n":"text"}`] },
      { kind: 'flush' },
      { ...place, lines: ['no json'] },
      { kind: 'flush' },
      { ...place, lines: [`{"id":"b",${time},"n":7}`] },
    ]
    const { contents } = await play(operations, { pauseMs: 0, seals: true })
    expect(contents.segments.map(({ columns }) => columns)).toEqual([
      ['id:string', 'time:timestamp', 'n:string'],
    ])
  })
})
