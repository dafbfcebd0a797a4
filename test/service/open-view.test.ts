import { describe, expect, it } from 'vitest'
import { nowMs, today } from '../ingest/gate.ts'
import { gate, quiet, Written } from './written.ts'

const everything = {
  tenant: 't',
  stream: 'events',
  match: { seqMax: Number.POSITIVE_INFINITY },
  order: 'asc',
  limit: 100,
  bytesMax: 1e9,
} as const

/** A writer that seals nothing until it is told to. */
async function unsealed() {
  const { opened, open } = gate()
  const written = await Written.open({
    wrapSealing: sealing => ({
      add: (chunk, batch) => sealing.add(chunk, batch),
      async seal(request) {
        await opened
        return sealing.seal(request)
      },
    }),
  })
  return { written, view: written.writer.view, open }
}

const idsOf = (events: readonly { eventId: string }[]) => events.map(({ eventId }) => eventId)

describe('what the writer shows', () => {
  it('is what has passed the pipeline, over all chunks that are not published', async () => {
    const { written, view, open } = await unsealed()
    for (const id of ['a', 'b']) {
      await written.send([{ id }])
      await written.seal()
    }
    await written.send([{ id: 'waits behind two chunks' }])
    await quiet()
    const { events, moment } = await view.events(everything)
    expect(idsOf(events)).toEqual(['a', 'b'])
    expect(moment).toEqual({ writer: '0', version: 1, seq: 3, exact: true, gone: [], chunks: [1, 2, 3] })
    open()
    await written.writer.settled()
    const later = await view.events(everything)
    expect(idsOf(later.events)).toEqual(['waits behind two chunks'])
    expect(later.moment).toMatchObject({ version: 3, seq: 5 })
  })

  it('goes from open to published in one step: no row is in neither or in both', async () => {
    const { written, view, open } = await unsealed()
    await written.send([{ id: 'a' }])
    await written.writer.indexed()
    await written.seal()
    open()
    const seen = new Set<string>()
    for (let turn = 0; turn < 200; turn++) {
      const { events, moment } = await view.events(everything)
      seen.add(`version ${moment.version}, ${events.length} open`)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect([...seen]).toEqual(['version 1, 1 open', 'version 2, 0 open'])
  })

  it('is as of a sequence, behind a position, and no more than was asked for', async () => {
    const { written, view } = await unsealed()
    for (const id of ['a', 'b', 'c', 'd']) await written.send([{ id }])
    await written.writer.indexed()
    const ids = async (more: object) => idsOf((await view.events({ ...everything, ...more })).events)
    expect(await ids({ match: { seqMax: 2 } })).toEqual(['a', 'b'])
    const position = { segmentId: today, sequence: 1 }
    expect(await ids({ position })).toEqual(['c', 'd'])
    expect(await ids({ position, order: 'desc' })).toEqual(['a'])
    expect(await ids({ limit: 3 })).toEqual(['a', 'b', 'c'])
    expect(await ids({ limit: 3, order: 'desc' })).toEqual(['d', 'c', 'b'])
    expect(await ids({ bytesMax: 11 })).toEqual(['a', 'b'])
    expect(await ids({ tenant: 'u' })).toEqual([])
    expect(await ids({ stream: 's' })).toEqual([])
  })

  it('names the segments that went since its version, and shows none of their rows', async () => {
    const { written, view } = await unsealed()
    await written.send('{"id":"a"}\n{')
    await written.evict(today)
    await written.writer.indexed()
    expect(await view.events(everything)).toMatchObject({ events: [], moment: { gone: [today] } })
    expect((await view.refusals('t', 'events')).rows).toEqual([])
    expect((await view.segments('t')).segments).toEqual([])
    expect((await view.locate('t', 'a')).open).toEqual([])
  })

  it('locates an id, open or sealed, in its tenant alone', async () => {
    const written = await Written.open()
    const { view } = written.writer
    await written.send([{ id: 'a' }])
    await written.flush()
    await written.send([{ id: 'b' }, { id: 'a', source: 's' }])
    await written.writer.indexed()
    expect(await view.locate('t', 'a')).toMatchObject({
      open: [{ eventId: 'a', source: 's', segmentId: today, doc: 2 }],
      sealed: [{ segmentId: today, doc: 0 }],
      partial: false,
    })
    expect(await view.locate('t', 'b')).toMatchObject({ open: [{ eventId: 'b' }], sealed: [] })
    expect(await view.locate('t', '')).toMatchObject({ open: [], sealed: [] })
    expect(await view.locate('u', 'a')).toMatchObject({ open: [], sealed: [] })
  })

  it('does not locate what was accepted and is not shown yet', async () => {
    const { written, view } = await unsealed()
    for (const id of ['a', 'b']) {
      await written.send([{ id }])
      await written.seal()
    }
    await written.send([{ id: 'c' }])
    await quiet()
    expect((await view.locate('t', 'c')).open).toEqual([])
    expect((await view.locate('t', 'b')).open.length).toBe(1)
  })

  it('hands out refusals and payloads that own their memory', async () => {
    const { written, view } = await unsealed()
    await written.send('{"id":"a"}\n{')
    await written.writer.indexed()
    const { rows } = await view.refusals('t', 'events')
    const { events } = await view.events(everything)
    expect(rows[0]).toMatchObject({ segmentId: today, sequence: 0, batch: { ingestTimeMs: nowMs } })
    expect(rows[0]!.raw!.buffer.byteLength).toBe(1)
    expect(events[0]!.payload.buffer.byteLength).toBe('{"id":"a"}'.length)
  })
})
