import { describe, expect, it } from 'vitest'
import { fsStore } from '../../src/adapters/store-fs.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Part } from '../../src/contract/segment.ts'
import type { CheckedBatch } from '../../src/segment/checked-batch.ts'
import { partition } from '../../src/segment/chunk.ts'
import { type EventMatch, type FoundEvent, Page } from '../../src/segment/event.ts'
import { readOpen, scanOpen } from '../../src/segment/open.ts'
import { PartFiles } from '../../src/segment/part-files.ts'
import { scanSealed } from '../../src/segment/sealed.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { batchOf, dayMs, segmentId } from './batches.ts'
import { sealed } from './loaded.ts'
import { codec } from './parquet/readers.ts'
import { randomLines } from './random-lines.ts'

type Order = 'asc' | 'desc'
type Docs = { from: number; until: number }
const allDocs: Docs = { from: 0, until: Number.POSITIVE_INFINITY }
const everything: EventMatch = { seqMax: Number.POSITIVE_INFINITY }
const unlimited = { limit: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY }

/** The same batches sealed, each list of them into parts of their own. */
async function sealedReader(flushes: readonly (readonly CheckedBatch[])[]) {
  const store = await fsStore({ directory: '/data/store', disk: memoryDisk() })
  const parts: Part[] = []
  for (const batches of flushes) {
    const rows = partition(batches).get(segmentId)
    if (!rows) continue
    const [seqFirst, seqLast] = [batches[0]!.batch.seq, batches.at(-1)!.batch.seq]
    const { parts: made } = sealed({ segmentId, ...rows, seqFirst, seqLast, columns: [], columnsMax: 100 })
    for (const { part, chunks } of made) {
      await store.put(part.key, chunks)
      parts.push(part)
    }
  }
  const files = new PartFiles(store, codec, 1 << 20)
  const raws = parts.filter(({ role }) => role === 'raw')
  const events = parts.filter(({ role }) => role === 'events')
  return async (match: EventMatch, docs: Docs, order: Order, bounds = unlimited): Promise<FoundEvent[]> => {
    const page = new Page(bounds)
    for (const part of order === 'asc' ? events : events.toReversed()) {
      if (!page.isFull) await scanSealed(files, { segmentId, events: part, raws, match, docs, order }, page)
    }
    return page.events
  }
}

function openEvents(
  batches: readonly CheckedBatch[],
  match: EventMatch,
  docs: Docs,
  order: Order,
): FoundEvent[] {
  const inOrder = order === 'asc' ? batches : batches.toReversed()
  return [...scanOpen(inOrder, segmentId, match, docs, order)].map(readOpen)
}

describe('the open rows of a segment and its sealed ones', () => {
  it('read the same, whatever is asked', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed)
      const flushes = randomFlushes(random)
      const read = await sealedReader(flushes)
      for (let question = 0; question < 20; question++) {
        const { match, docs, order, bounds } = randomQuestion(random)
        const note = `seed ${seed}, question ${question}: ${JSON.stringify({ match, docs, order, bounds })}`
        const page = new Page(bounds)
        page.fill(openEvents(flushes.flat(), match, docs, order))
        expect(await read(match, docs, order, bounds), note).toEqual(page.events)
      }
    }
  })

  it('give back each payload to the byte', async () => {
    const lines = ['{"a" : 1.50}', '{"b":"\\u00e9\ufeff"}', `{"long":"${'x'.repeat(300_000)}"}`]
    const read = await sealedReader([[batchOf({ lines })]])
    const events = await read(everything, allDocs, 'asc')
    expect(events.map(({ payload }) => Buffer.from(payload).toString())).toEqual(lines)
  })

  it('agree over more rows than one row group or one window holds', async () => {
    const lines = Array.from(
      { length: 70_000 },
      (_, i) => `{"type":"${i % 1000 === 999 ? 'rare' : 'common'}","n":${i}}`,
    )
    const batches = [batchOf({ lines })]
    const read = await sealedReader([batches])
    for (const order of ['asc', 'desc'] as const) {
      const rare = await read({ ...everything, type: 'rare' }, allDocs, order)
      expect(rare.length).toBe(70)
      expect(rare).toEqual(openEvents(batches, { ...everything, type: 'rare' }, allDocs, order))
      const around = { from: 65_530, until: 65_545 }
      expect(await read(everything, around, order)).toEqual(openEvents(batches, everything, around, order))
    }
  })

  it('are found by any type, however its text compares', async () => {
    const types = ['view', '\ufeffview', 'zoo', '\uff01', '\uff5e', '🙂', '\ud7ff', 'é']
    for (const others of types) {
      const batches = [
        batchOf({ lines: types.filter(type => type !== others).map(type => JSON.stringify({ type })) }),
      ]
      const read = await sealedReader([batches])
      for (const type of types) {
        const match = { ...everything, type }
        expect(await read(match, allDocs, 'asc'), type).toEqual(openEvents(batches, match, allDocs, 'asc'))
      }
    }
  })

  it('leave out what was written after the version asked for', async () => {
    const batches = [1, 2, 3].map(seq => batchOf({ lines: [`{"n":${seq}}`], seq, docFirst: seq - 1 }))
    const read = await sealedReader([batches])
    const match = { seqMax: 2 }
    expect((await read(match, allDocs, 'asc')).map(({ ingestSeq }) => ingestSeq)).toEqual([1, 2])
    expect(await read(match, allDocs, 'asc')).toEqual(openEvents(batches, match, allDocs, 'asc'))
  })
})

/** Batches with a second segment and refusals among the rows, sealed at random. */
function randomFlushes(random: () => number): CheckedBatch[][] {
  const flushes: CheckedBatch[][] = [[]]
  let docFirst = 0
  for (let seq = 1; seq <= 6; seq++) {
    const other = random()
    const batch = batchOf({
      lines: randomLines(random, 1 + Math.floor(random() * 60)),
      seq,
      docFirst,
      timeMs: () => dayMs + Math.floor(random() * 1000),
      flags: () => Math.floor(random() * 4),
      segmentOf: row => ((row * other) % 1 < 0.7 ? segmentId : 'tenant/events/2026-01-02/0'),
      batch: { source: other < 0.5 ? 'default' : 'web' },
    })
    const segment = batch.segmentIds.indexOf(segmentId)
    docFirst += batch.accepted.segment.subarray(0, batch.accepted.count).filter(id => id === segment).length
    flushes.at(-1)!.push(batch)
    if (random() < 0.4) flushes.push([])
  }
  return flushes.filter(batches => batches.length > 0)
}

function randomQuestion(random: () => number) {
  const sometimes = <Item>(name: string, value: Item) => (random() < 0.4 ? { [name]: value } : {})
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!
  const match: EventMatch = {
    seqMax: random() < 0.3 ? Math.floor(random() * 7) : Number.POSITIVE_INFINITY,
    ...sometimes(
      'type',
      pick(['click', 'view', 'ключ', '7', 'cl\0ick', '\ufeffview', '🙂', '\uff01', '\uff5e', 'zoo', '']),
    ),
    ...sometimes('entityId', pick(['u1', 'u10', '12.5', 'absent'])),
    ...sometimes('source', pick(['web', 'app', 'default'])),
    ...sometimes('fromMs', dayMs + Math.floor(random() * 1000)),
    ...sometimes('untilMs', dayMs + Math.floor(random() * 1000)),
  }
  const from = random() < 0.5 ? 0 : Math.floor(random() * 200)
  return {
    match,
    docs: { from, until: random() < 0.5 ? Number.POSITIVE_INFINITY : from + Math.floor(random() * 100) },
    order: pick(['asc', 'desc'] as const),
    bounds: {
      limit: pick([1, 3, 1000, Number.POSITIVE_INFINITY]),
      bytesMax: pick([1, 500, Number.POSITIVE_INFINITY]),
    },
  }
}
