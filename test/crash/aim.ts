// Where in its work a kill met the service: aimed by watching its folders, and told afterwards by what lies in them.

import { existsSync, type FSWatcher, watch } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LogReader } from '../../src/adapters/log-reader.ts'
import { fsStore } from '../../src/adapters/store-fs.ts'
import { Catalog } from '../../src/catalog/catalog.ts'
import { lookingDisk } from '../../src/cli/verify/looking-disk.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'

/** What a kill waits for. `release` waits like `root`, when nobody writes any more and the log can go as a whole. */
export const aims = ['request', 'part', 'manifest', 'root', 'release', 'unlink'] as const
export type Aim = (typeof aims)[number]

/** The folder where it shows, and the names that show it; the ids part is the last of a segment before its manifest. */
const signs: Record<Exclude<Aim, 'request'>, { folder: string; name: RegExp }> = {
  part: { folder: '~incoming', name: /./ },
  manifest: { folder: 'SEGMENT', name: /^ids-/ },
  root: { folder: 'catalog/0', name: /json$/ },
  release: { folder: 'catalog/0', name: /json$/ },
  unlink: { folder: 'catalog/0', name: /json$/ },
}

/** Resolves at the moment aimed at, or after `waitMs` when it does not come. */
export async function momentOf(
  aim: Exclude<Aim, 'request'>,
  place: { dataDir: string; segmentId: string },
  waitMs: number,
): Promise<void> {
  const { folder, name } = signs[aim]
  const path = join(place.dataDir, 'store', folder === 'SEGMENT' ? place.segmentId : folder)
  const untilMs = performance.now() + waitMs
  while (!existsSync(path) && performance.now() < untilMs)
    await new Promise(resolve => setTimeout(resolve, 5))
  if (!existsSync(path)) return
  let watcher: FSWatcher | undefined
  await new Promise<void>(resolve => {
    setTimeout(resolve, Math.max(0, untilMs - performance.now())).unref()
    watcher = watch(path, (_event, seen) => {
      if (seen === null || !name.test(seen)) return
      // An unlink shows as a change of a name that is no longer there.
      if (aim !== 'unlink' || !existsSync(join(path, seen))) resolve()
    })
  })
  watcher?.close()
}

/** What a killed service was in the middle of, in the order in which a batch meets them. */
export const phases = [
  'frames written, not answered',
  'writing a part',
  'parts written, no manifest or root yet',
  'writing a manifest',
  'writing a root',
  'published, the log not released',
  'published, old objects not unlinked',
] as const
export type Phase = (typeof phases)[number]

/**
 * Reads a data directory that nobody holds; changes nothing.
 *
 * @param lastAnsweredSeq  the highest log sequence that any answer named
 * @returns several where work went on side by side, none between two requests
 */
export async function phasesOf(dataDir: string, lastAnsweredSeq: number): Promise<Set<Phase>> {
  const directory = join(dataDir, 'store')
  const met = await whatIsWritten(join(directory, '~incoming'))
  const catalog = await Catalog.open(await lookingStore(directory), '0', 0)
  for await (const key of catalog.orphans())
    met.add(
      isOlder(key, catalog)
        ? 'published, old objects not unlinked'
        : 'parts written, no manifest or root yet',
    )
  const { applied_seq } = catalog.root
  const lastSeqs = await readLog(join(dataDir, 'log'))
  if (lastSeqs.some(lastSeq => lastSeq <= applied_seq)) met.add('published, the log not released')
  if (Math.max(0, ...lastSeqs) > lastAnsweredSeq) met.add('frames written, not answered')
  return met
}

/** Objects that have no name of their own yet. A part begins with a magic, a root or manifest with its checksum. */
async function whatIsWritten(incoming: string): Promise<Set<Phase>> {
  const met = new Set<Phase>()
  for (const { name } of await lookingDisk.readdir(incoming)) {
    const path = join(incoming, name)
    if ((await stat(path)).nlink > 1) continue
    const text = await readFile(path, 'latin1')
    if (text.includes('"applied_seq"')) met.add('writing a root')
    else met.add(/^[0-9a-f]{8}\n/.test(text) ? 'writing a manifest' : 'writing a part')
  }
  return met
}

/** Known to a root before the newest: a root or manifest of a lower version, a part that was merged or evicted. */
function isOlder(key: string, { root, segments }: Catalog): boolean {
  const named = /^catalog\/0\/(\d+)|\/manifest-(\d+)/.exec(key)
  if (named) return Number(named[1] ?? named[2]) < root.version
  const segmentId = key.slice(0, key.lastIndexOf('/'))
  const slash = segmentId.lastIndexOf('/')
  if (Number(segmentId.slice(slash + 1)) <= (root.evicted[segmentId.slice(0, slash)] ?? -1)) return true
  return segments.get(segmentId)?.parts.some(({ inputs }) => inputs.includes(key)) ?? false
}

async function lookingStore(directory: string): Promise<ObjectStore> {
  const store = await fsStore({ directory, disk: lookingDisk })
  return {
    put: async () => 'exists',
    get: key => store.get(key),
    getRange: (key, start, end) => store.getRange(key, start, end),
    list: prefix => store.list(prefix),
    delete: async () => {},
    usedRatio: () => store.usedRatio(),
  }
}

/** The last sequence of each log file, oldest first. */
async function readLog(folder: string): Promise<number[]> {
  const names = (await lookingDisk.readdir(folder)).map(({ name }) => name).sort()
  const lastSeqs: number[] = []
  for (const name of names) {
    const reader = await LogReader.open(lookingDisk, join(folder, name))
    try {
      let lastSeq = 0
      for (let read = await reader.frameAt(0); read.kind === 'frame'; read = await reader.frameAt(read.end))
        lastSeq = read.frame.seq
      if (lastSeq > 0) lastSeqs.push(lastSeq)
    } finally {
      await reader.close()
    }
  }
  return lastSeqs
}
