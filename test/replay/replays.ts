// What must be equal between a run and its replays.

import { expect } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import type { Contents } from '../crash/contents.ts'
import { slowDisk, someSlowness } from '../sim/slow-disk.ts'
import { type Operation, Operations } from './operations.ts'
import { type Files, play, playLog } from './player.ts'

interface Histories {
  histories: number
  operations: number
  seed: number
}

/** No part is ever one too many. */
const neverMerges = { runs_max: 64 }
/** Far more than a history lasts: only the size of what is open, or the end, seals. */
const neverOld = { flush_seconds: 1e9 }

/** Live and twice replayed, once on a slow disk: the same objects with the same bytes. With merges: replayed twice alike. */
export async function checkBytes(histories: Histories): Promise<void> {
  await eachHistory(histories, async (operations, random) => {
    const options = { pauseMs: 1000, seals: random() < 0.5 }
    const live = await play(operations, { ...options, limits: neverMerges })
    const replayed = await playLog(live.log, { limits: neverMerges })
    expectSameFiles(replayed.store, live.store)
    const slow = await playLog(live.log, {
      limits: neverMerges,
      slow: disk => slowDisk(disk, someSlowness(random)),
    })
    expectSameFiles(slow.store, live.store)
    const merged = await playLog(live.log, {})
    expectSameFiles((await playLog(live.log, {})).store, merged.store)
    expect(merged.contents).toEqual(replayed.contents)
    expect(replayed.contents).toEqual(live.contents)
  })
}

/** What was learned and indexed of plain events is the same bytes whenever their log is replayed. */
export async function checkKnowledge(operations: readonly Operation[], roles: RegExp): Promise<void> {
  const live = await play(operations, { pauseMs: 1000, seals: true, limits: neverMerges })
  const [first, second] = [await playLog(live.log, {}), await playLog(live.log, {})]
  expectSameFiles(second.store, first.store)
  const replayed = await playLog(live.log, { limits: neverMerges })
  expectSameFiles(replayed.store, live.store)
  const found = [...live.store.keys()].flatMap(path => roles.exec(path)?.[0] ?? [])
  expect([...new Set(found)].sort()).toEqual(['auto/', 'clusters/', 'graph-', 'texts-', 'vectors-', 'words-'])
}

/** The same operations, sealed at other points, merged or not, restarted here and there: the same digest. */
export async function checkAnswers(histories: Histories): Promise<void> {
  await eachHistory(histories, async (all, random) => {
    const operations = all.filter(({ kind }) => kind !== 'flush' && kind !== 'restart')
    const once = await play(operations, { pauseMs: 60_000, seals: true, limits: neverOld })
    const digest = digestOf(once.contents)
    for (const flush_bytes of [1, 400, 4000]) {
      const limits = { ...neverOld, flush_bytes, ...(random() < 0.5 && neverMerges) }
      const share = random() * 0.2
      const restartsAfter = () => random() < share
      const other = await play(operations, { pauseMs: 60_000, seals: true, limits, restartsAfter })
      expect(digestOf(other.contents)).toEqual(digest)
    }
  })
}

async function eachHistory(
  { histories, operations, seed }: Histories,
  check: (operations: Operation[], random: () => number) => Promise<void>,
): Promise<void> {
  for (let history = 0; history < histories; history++) {
    const random = seededRandom(seed + history)
    const drawn = new Operations(random)
    try {
      await check(
        Array.from({ length: operations }, () => drawn.next()),
        random,
      )
    } catch (error) {
      const message = error instanceof Error ? error.message : error
      throw new Error(`SEED=${seed + history}: ${message}`, { cause: error })
    }
  }
}

function expectSameFiles(found: Files, expected: Files): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [path, bytes] of found) expect(Buffer.compare(bytes, expected.get(path)!), path).toBe(0)
}

/**
 * All that answers hold but where in the log a batch came: a seal takes a place there too, so batches are numbered among
 * each other instead, also in the ids that were derived from them.
 */
function digestOf({ events, refusals, counts, segments }: Contents) {
  const batches = [...events.map(event => event.batchId), ...refusals.map(refusal => refusal.batch_id)]
  const resolving = refusals.flatMap(({ resolution }) => (resolution ? [resolution.batch_id] : []))
  const order = [...new Set([...batches, ...resolving])].sort((a, b) => seqOf(a) - seqOf(b))
  const named = (text: string) => text.replace(/^b0-\d+/, batch => `batch ${order.indexOf(batch)}`)
  return {
    events: events.map(({ ingestSeq: _seq, ...event }) => {
      return { ...event, batchId: named(event.batchId), eventId: named(event.eventId) }
    }),
    refusals: refusals.map(({ resolution, ...refusal }) => ({
      ...refusal,
      batch_id: named(refusal.batch_id),
      resolution: resolution && {
        ...resolution,
        batch_id: named(resolution.batch_id),
        event_id: named(resolution.event_id),
      },
    })),
    counts,
    segments: segments.map(({ columns, ...segment }) => {
      return { ...segment, columns: columns.map(column => column.slice(0, column.lastIndexOf(':'))).sort() }
    }),
  }
}

function seqOf(batchId: string): number {
  return Number(batchId.slice(batchId.indexOf('-') + 1))
}
