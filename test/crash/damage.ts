// A data directory at rest, one file of it damaged, and what a service may make of that: nothing at all, a clear refusal to
// start, the log up to its torn end, or answers that are partial and say so. Never an answer that is wrong.

import { expect } from 'vitest'
import { CorruptCatalog } from '../../src/catalog/root.ts'
import { LogError } from '../../src/ports/log.ts'
import { manualClock } from '../sim/manual-clock.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { type Contents, type ReadEvent, readById, readContents } from './contents.ts'
import { readFolder, writeFiles } from './copy.ts'
import { Ledger } from './ledger.ts'
import { startMs } from './script.ts'
import { logDirectory, type Opened, openService } from './service.ts'

export interface DataDir {
  files: ReadonlyMap<string, Uint8Array>
  contents: Contents
}

/** What a service makes of a damage. */
export type Verdict = 'harmless' | 'stopped' | 'torn' | 'partial'

const scope = { tenants: ['t'], streams: ['events'], pageEvents: 1000 }
const later = 60_000

/**
 * Sealed parts, refusals with a resolution, remembered keys, and three files of a log that is not published.
 *
 * @param options.batches  parts of each role and segment
 * @param options.days     segments
 */
export async function makeDataDir(options: { batches: number; days: number }): Promise<DataDir> {
  const disk = memoryDisk()
  const clock = manualClock(startMs)
  const ledger = new Ledger()
  const opened = await openService({ disk, clock, logFileBytesMax: 1 })
  const linesOf = (i: number) => linesOfBatch(i, options.days)
  for (let i = 0; i < options.batches; i++) {
    await ledger.send(opened, { tenant: 't', lines: linesOf(i), more: { idempotencyKey: `k${i}` } })
    const patch = { time: `${days[0]}T01:00:00Z` }
    if (i === 0) await ledger.repair(opened, { tenant: 't', patch, segmentId: '' })
    await opened.flush()
  }
  for (let i = 0; i < 3; i++) await ledger.send(opened, { tenant: 't', lines: linesOf(options.batches + i) })
  await opened.settle()
  const contents = await readContents(opened.service, scope)
  await opened.kill()
  return { files: await readFolder(disk, '/data'), contents }
}

const days = ['2026-01-01', '2025-12-31']

function linesOfBatch(i: number, dayCount: number): string[] {
  const events = days.slice(0, dayCount).map((day, at) => {
    const id = `${at}-${i}`
    return `{"id":"${id}","time":"${day}T01:00:00Z","type":"t${i}","n":${i}.25,"text":"ü ${id}"}`
  })
  return [...events, `{"id":"r${i}","time":"never"}`]
}

/** @throws when anything is answered that was not there before, or less without a word */
export async function judgeDamage(
  { files, contents }: DataDir,
  path: string,
  damaged: Uint8Array,
): Promise<Verdict> {
  const disk = memoryDisk()
  await writeFiles(disk, new Map(files).set(path, damaged))
  let opened: Opened
  try {
    opened = await openService({ disk, clock: manualClock(startMs + later) })
  } catch (error) {
    if (!(error instanceof LogError || error instanceof CorruptCatalog)) throw error
    expect(error.message, 'it says which file').toMatch(/\.(log|json|bin)/)
    return 'stopped'
  }
  const read = await readContents(opened.service, scope)
  const lookups = await readAllById(opened, contents.events)
  const knowledge = await askKnowledge(opened)
  await opened.settle()
  expect(opened.fatal).toBe(undefined)
  await opened.kill()
  expectNothingWrong(read, contents)
  if (read.partial || lookups.partial || knowledge.partial) return 'partial'
  if (path.startsWith(logDirectory) && read.events.length < contents.events.length) {
    expectPrefix(read, contents)
    return 'torn'
  }
  expect(read).toEqual(contents)
  expect(lookups.missing).toEqual([])
  return 'harmless'
}

/** Questions that open every part of the runs and of the graphs. */
async function askKnowledge({ service: { knowledge } }: Opened): Promise<{ partial: boolean }> {
  let partial = false
  for (const tenant of scope.tenants) {
    for (const stream of scope.streams) {
      const asked = { tenant, stream }
      const found = await knowledge.search({ ...asked, ...anything })
      const known = await knowledge.node({
        ...asked,
        node: { type: 'any', key: 'x' },
        edgesMax: 1,
        evidenceMax: 1,
      })
      partial ||= found.partial || known.partial
    }
  }
  return { partial }
}

const anything = {
  text: 'anything',
  mode: 'hybrid',
  k: 10,
  exact: true,
  fusion: { method: 'rrf', rankConstant: 60 },
  fuzzy: true,
  prefix: false,
  facets: [],
  explain: false,
} as const

async function readAllById({ service }: Opened, events: readonly ReadEvent[]) {
  const missing: string[] = []
  let partial = false
  for (const event of events) {
    const { tenant, eventId } = event
    const answer = await service.event({ tenant, eventId })
    partial ||= answer.partial
    if (answer.events.length === 0) missing.push(eventId)
    else for (const found of await readById(service, event)) expect(found).toEqual(event)
  }
  return { missing, partial }
}

function expectNothingWrong(read: Contents, before: Contents): void {
  const events = new Map(before.events.map(event => [event.eventId, event]))
  for (const event of read.events) expect(event).toEqual(events.get(event.eventId))
  const refusals = new Map(before.refusals.map(refusal => [refusal.refusal_id, refusal]))
  for (const refusal of read.refusals) {
    // Where the part is set aside that says how a refusal was settled, it is open again, and the answer partial.
    const known = refusals.get(refusal.refusal_id)!
    const settled = read.partial ? { status: refusal.status, resolution: refusal.resolution } : {}
    expect(refusal).toEqual({ ...known, ...settled })
  }
}

function expectPrefix(read: Contents, before: Contents): void {
  const lastSeq = Math.max(...read.events.map(({ ingestSeq }) => ingestSeq))
  expect(read.events).toEqual(before.events.filter(({ ingestSeq }) => ingestSeq <= lastSeq))
}
