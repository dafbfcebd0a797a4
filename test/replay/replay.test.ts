// Replay is deterministic: the same log makes the same store, to the byte; other flushes and restarts make other parts,
// and the same answers.

import { describe, expect, it } from 'vitest'
import { hourMs, type Operation, startMs } from './operations.ts'
import { play } from './player.ts'
import { checkAnswers, checkBytes, checkKnowledge } from './replays.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30))

describe('a log', () => {
  it('makes the same bytes whenever it is replayed, however slow the disk', async () => {
    await checkBytes({ histories: 4, operations: 40, seed })
  }, 60_000)

  it('makes the same graph, texts, words and vectors, and has the same pack made up', async () => {
    const line = (i: number) =>
      JSON.stringify({
        id: `e${i}`,
        time: new Date(startMs - (i % 3) * 11 * hourMs).toISOString(),
        ...{ customer_id: `customer-${i % 23}`, product_id: `product-${(i * 7) % 31}` },
        comment: `number ${i % 90} came ${['late', 'broken', 'in the wrong size'][i % 3]}`,
      })
    const operations = Array.from({ length: 12 }, (_, batch): Operation[] => [
      {
        ...{ kind: 'ingest', tenant: 't', stream: 'events', reopen: false },
        lines: Array.from({ length: 40 }, (_, i) => line(batch * 40 + i)),
      },
      ...(batch % 3 === 2 ? [{ kind: 'flush' } as const] : []),
    ]).flat()
    await checkKnowledge(operations, /((auto|clusters)\/|(graph|texts|words|vectors)-)/)
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
