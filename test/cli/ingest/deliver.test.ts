import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem, Unreachable } from '../../../src/cli/client.ts'
import { deliver } from '../../../src/cli/ingest/deliver.ts'
import { feed } from '../../../src/cli/ingest/feed.ts'
import type { Block } from '../../../src/cli/ingest/line-blocks.ts'
import type { BatchAnswer } from '../../../src/contract/receipt.ts'

function blockOf(rowCount: number, firstRow = 0): Block {
  const lines = Array.from({ length: rowCount }, (_, i) => `{"n":${firstRow + i}}\n`).join('')
  return { body: Buffer.from(lines), firstRow, rowCount, endOffset: lines.length }
}

const answerTo = (sent: number): BatchAnswer => ({
  batch_id: 'b',
  sent,
  accepted: sent,
  duplicate: 0,
  late: 0,
  masked: 0,
  quarantined: 0,
  receipts: [],
})

/** Delivers one block to a service that fails as told, with time and chance in hand. */
async function delivered(failures: unknown[], chance = 0.5) {
  const slept: number[] = []
  const waits: string[] = []
  let accepted = 0
  const run = deliver(blockOf(3), {
    async send() {
      const failure = failures.shift()
      if (failure) throw failure
      return answerTo(3)
    },
    pace: { sleep: async ms => void slept.push(ms), random: () => chance },
    onAnswer: answer => {
      accepted += answer.accepted
    },
    onUndelivered() {},
    onWait: reason => waits.push(reason),
  })
  return { run, slept, waits, accepted: () => accepted }
}

const busy = (seconds?: number) => new Problem(429, 'queue_full', 'the queue is full', seconds)

describe('a block on its way', () => {
  it('never comes back sooner than it was asked to', async () => {
    for (const chance of [0, 0.5, 0.999]) {
      const { run, slept } = await delivered([busy(2), busy(0), busy(30)], chance)
      await run
      expect(slept[0]).toBeGreaterThanOrEqual(2000)
      expect(slept[1]).toBeLessThanOrEqual(250)
      expect(slept[2]).toBeGreaterThanOrEqual(30_000)
      expect(slept[2]).toBeLessThanOrEqual(38_000)
    }
  })

  it('waits twice as long each time where it was not told how long, up to a bound', async () => {
    const { run, slept } = await delivered(
      Array.from({ length: 12 }, () => busy()),
      0.999,
    )
    await run
    expect(slept.slice(0, 4).map(ms => Math.round(ms / 10) * 10)).toEqual([250, 500, 1000, 2000])
    expect(Math.max(...slept)).toBeLessThanOrEqual(30_000)
  })

  it('never gives up on a service that is busy', async () => {
    const { run, accepted } = await delivered(Array.from({ length: 500 }, () => busy(1)))
    await run
    expect(accepted()).toBe(3)
  })

  it.each([
    ['503', new Problem(503, 'not_ready', 'recovering', 1)],
    ['507', new Problem(507, 'disk_full', 'full', 1)],
    ['500', new Problem(500, 'internal', 'oh')],
    ['a broken connection', new Unreachable('no answer')],
  ])('gives up after ten times %s, and not before', async (_, failure) => {
    const nine = await delivered(Array(9).fill(failure))
    await nine.run
    expect(nine.accepted()).toBe(3)
    const ten = await delivered(Array(10).fill(failure))
    await expect(ten.run).rejects.toBe(failure)
    expect(ten.slept).toHaveLength(9)
    expect(ten.waits[0]).toBe(failure.message)
  })

  it('does not try again what can only fail again', async () => {
    for (const failure of [
      new Problem(400, 'bad_request', 'no'),
      new Problem(501, 'not_implemented', 'no'),
      new TypeError('a bug'),
    ]) {
      const { run, slept } = await delivered([failure])
      await expect(run).rejects.toBe(failure)
      expect(slept).toEqual([])
    }
  })

  it('arrives whole when it is halved, whichever lines are at fault', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 400 }),
      async (rowCount, bytesMax) => {
        const sent: [number, string][] = []
        const undelivered: number[] = []
        await deliver(blockOf(rowCount, 95), {
          async send({ body, firstRow }) {
            if (body.length > bytesMax) throw new Problem(413, 'body_too_large', 'no')
            sent.push([firstRow, Buffer.from(body).toString()])
            return answerTo(1)
          },
          pace: { sleep: async () => {}, random: () => 0 },
          onAnswer() {},
          onUndelivered: row => undelivered.push(row),
          onWait() {},
        })
        const rows = sent.flatMap(([firstRow, text]) => {
          const numbers = text
            .trim()
            .split('\n')
            .map(line => JSON.parse(line).n as number)
          expect(numbers[0]).toBe(firstRow)
          return numbers
        })
        expect([...rows, ...undelivered].sort((a, b) => a - b)).toEqual(
          Array.from({ length: rowCount }, (_, i) => 95 + i),
        )
      },
    )
    await fc.assert(property, { verbose: 1 })
  })
})

describe('blocks on their way', () => {
  async function* blocks(count: number) {
    for (let at = 0; at < count; at++) yield blockOf(1, at)
  }

  it('are never more at once than allowed, and are through in order', async () => {
    let [now, most] = [0, 0]
    const through: number[] = []
    await feed({
      blocks: blocks(20),
      inFlightMax: 3,
      async deliver({ firstRow }) {
        most = Math.max(most, ++now)
        await new Promise(resolve => setTimeout(resolve, firstRow % 3 === 0 ? 6 : 1))
        now--
      },
      onThrough: async ({ firstRow }) => void through.push(firstRow),
    })
    expect(most).toBe(3)
    expect(through).toEqual(Array.from({ length: 20 }, (_, at) => at))
  })

  it('stop at a failure, and what lies behind a gap does not count as through', async () => {
    const through: number[] = []
    const run = feed({
      blocks: blocks(20),
      inFlightMax: 4,
      async deliver({ firstRow }) {
        await new Promise(resolve => setTimeout(resolve, firstRow === 5 ? 20 : 1))
        if (firstRow === 5) throw new Error('no')
      },
      onThrough: async ({ firstRow }) => void through.push(firstRow),
    })
    await expect(run).rejects.toThrow('no')
    expect(through).toEqual([0, 1, 2, 3, 4])
  })
})
