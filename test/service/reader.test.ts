import { describe, expect, it } from 'vitest'
import { AssertionError } from '../../src/base/assert.ts'
import type { Published } from '../../src/catalog/catalog.ts'
import type { CatalogVersion } from '../../src/catalog/version.ts'
import type { Moment, OpenReads } from '../../src/query/snapshot.ts'
import type { PartFiles } from '../../src/segment/part-files.ts'
import { Reader } from '../../src/service/reader.ts'
import { segmentOf } from '../catalog/stores.ts'
import { nowMs, today } from '../ingest/gate.ts'
import { gate, quiet, Written } from './written.ts'

const publishedAs = (version: number): Published => ({
  version,
  appliedSeq: version,
  changed: [],
  removed: [],
})
const first: CatalogVersion = { version: 1, appliedSeq: 1, segments: new Map() }

const unused = {} as never
const readerOver = (open: OpenReads) =>
  new Reader(
    {
      files: {} as PartFiles,
      open,
      openRuns: unused,
      sealedRuns: unused,
      embedder: unused,
      pageBytesMax: 1,
      onCorrupt: () => {},
    },
    first,
  )

/** A reader whose questions hang until the test lets them be answered, at the version of that moment. */
function hanging() {
  let version = 1
  const waiting: (() => void)[] = []
  const moment = (): Moment => ({ writer: '0', version, seq: version, exact: true, gone: [], chunks: [] })
  const open = {
    segments: () =>
      new Promise<{ moment: Moment; segments: [] }>(resolve => {
        const named = moment()
        waiting.push(() => resolve({ moment: named, segments: [] }))
      }),
  } as unknown as OpenReads
  const reader = readerOver(open)
  const released: number[] = []
  return {
    reader,
    released,
    answerNext: () => waiting.shift()!(),
    publish(next: number) {
      version = next
      reader.publish(publishedAs(next))
      reader.released(next).then(() => released.push(next))
    },
  }
}

describe('versions', () => {
  it('are released at once while nobody reads', async () => {
    const { publish, released } = hanging()
    publish(2)
    publish(3)
    await quiet(1)
    expect(released).toEqual([2, 3])
  })

  it('are held for as long as a running query may name one', async () => {
    const { reader, publish, released, answerNext } = hanging()
    const asked = reader.segments('t')
    publish(2)
    const askedLater = reader.segments('t')
    publish(3)
    await quiet(1)
    expect(released).toEqual([])
    answerNext()
    expect((await asked).asOf.catalog).toBe(1)
    await quiet(1)
    expect(released, 'the second began at 2').toEqual([2])
    answerNext()
    expect((await askedLater).asOf.catalog).toBe(2)
    await quiet(1)
    expect(released).toEqual([2, 3])
  })

  it('are released by a query that fails as well', async () => {
    const { reader, publish, released } = hanging()
    const failing = reader.events({ tenant: 't', stream: 'events', limit: 1, order: 'asc', cursor: 'none' })
    publish(2)
    await expect(failing).rejects.toThrow('no cursor')
    await quiet(1)
    expect(released).toEqual([2])
  })

  it('may be waited for before they are published', async () => {
    const { reader, publish } = hanging()
    let isReleased = false
    reader.released(2).then(() => {
      isReleased = true
    })
    await quiet(1)
    expect(isReleased).toBe(false)
    publish(2)
    await quiet(1)
    expect(isReleased).toBe(true)
  })

  it('that nobody can name are a bug of ours', async () => {
    const { reader, publish, answerNext } = hanging()
    const asked = reader.segments('t')
    answerNext()
    await asked
    publish(2)
    const open = { segments: async () => ({ moment: { version: 9 }, segments: [] }) } as unknown as OpenReads
    const other = readerOver(open)
    await expect(other.segments('t')).rejects.toThrow(AssertionError)
  })

  it('take in what changed and let go of what was removed', async () => {
    const a = segmentOf({ segment_id: 't/events/2026-01-01/0' })
    const b = segmentOf({ segment_id: 't/events/2026-01-02/0' })
    const open = {
      segments: async () => ({
        moment: { writer: '0', version: 3, seq: 3, exact: true, gone: [], chunks: [] },
        segments: [a, b],
      }),
    } as unknown as OpenReads
    const reader = readerOver(open)
    const columns = [{ name: 'n', path: 'n', type: 'int64' as const }]
    reader.publish({ ...publishedAs(2), changed: [{ ...a, columns }, b] })
    reader.publish({ ...publishedAs(3), changed: [], removed: [b.segment_id] })
    const { segments } = await reader.segments('t')
    expect(segments.map(segment => segment.columns)).toEqual([columns, []])
  })
})

describe('the list of segments', () => {
  it('has the counts of what is open and the parts of what is published, by id', async () => {
    const written = await Written.open()
    await written.send([{ id: 'a' }, { id: 'b', time: '2025-12-31' }])
    await written.flush()
    await written.send('{"id":"c"}\n{')
    await written.send([{ id: 'x' }], { tenant: 'u' })
    await written.writer.indexed()
    const { segments, asOf } = await written.reader.segments('t')
    expect(segments.map(({ segment_id }) => segment_id)).toEqual(['t/events/2025-12-31/0', today])
    expect(segments[1]).toMatchObject({
      event_rows: 2,
      refusal_rows: 1,
      raw_bytes: 20,
      first_write_ms: nowMs,
    })
    expect(segments[1]!.parts.map(({ role, rows }) => `${role} ${rows}`)).toEqual([
      'events 1',
      'raw 1',
      'ids 1',
      'graph 0',
      'texts 0',
      'words 0',
      'vectors 0',
    ])
    expect(segments[1]!.columns.map(({ path }) => path)).toEqual(['id'])
    expect(asOf).toEqual({ catalog: 2, writers: { '0': 4 }, exact: true })
  })
})

describe('a query', () => {
  it('finds the parts that its version names although they were merged meanwhile', async () => {
    const { opened, open } = gate()
    const written = await Written.open({ runsMax: 2 })
    const { view } = written.writer
    const events = view.events.bind(view)
    let isSlow = false
    view.events = async request => {
      const answer = await events(request)
      if (isSlow) await opened
      return answer
    }
    const ids = ['a', 'b']
    for (const id of ids) {
      await written.send([{ id }])
      await written.flush()
    }
    isSlow = true
    const asked = written.page()
    for (const id of ['c', 'd', 'e']) {
      await written.send([{ id }])
      await written.flush()
    }
    await quiet(300)
    open()
    const page = await asked
    expect(page.events.map(({ eventId }) => eventId)).toEqual(ids)
    expect(page.partial).toBe(false)
    expect(written.fatal).toEqual([])
  })
})
