// Plays operations on a service whose log forgets nothing, and plays that log again into an empty store.

import type { Disk } from '../../src/adapters/disk.ts'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { Limits } from '../../src/contract/limits.ts'
import { Refused } from '../../src/contract/refused.ts'
import { type Contents, readContents } from '../crash/contents.ts'
import { readFolder, writeFiles } from '../crash/copy.ts'
import { logDirectory, type Opened, openService, storeDirectory, withoutRelease } from '../crash/service.ts'
import { manualClock } from '../sim/manual-clock.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { type Operation, startMs, streams, tenants } from './operations.ts'

export type Files = ReadonlyMap<string, Uint8Array>

export interface Played {
  log: Files
  store: Files
  contents: Contents
}

export interface PlayOptions {
  limits?: Partial<Limits>
  /** a restart after the operation of that index */
  restartsAfter?: (index: number) => boolean
  /** the same pause between operations, whatever they are, so that another run has the same times */
  pauseMs: number
  /** seal at the end, as a clean stop does */
  seals: boolean
}

export async function play(operations: readonly Operation[], options: PlayOptions): Promise<Played> {
  const disk = memoryDisk()
  const clock = manualClock(startMs)
  const open = () =>
    openService({ disk, clock, logFileBytesMax: 5000, wrapLog: withoutRelease, ...limitsOf(options) })
  let opened = await open()
  for (const [index, operation] of operations.entries()) {
    const isRestart = operation.kind === 'restart' || options.restartsAfter?.(index) === true
    if (operation.kind === 'pass') clock.pass(operation.ms)
    else if (operation.kind === 'flush') await opened.flush()
    else await call(opened, operation)
    clock.pass(options.pauseMs)
    if (!isRestart) continue
    await opened.settle()
    await opened.kill()
    opened = await open()
  }
  await opened.settle()
  if (options.seals) {
    await opened.stop()
    opened = await open()
  }
  const contents = await readContents(opened.service, { tenants, streams })
  await opened.kill()
  return {
    log: await readFolder(disk, logDirectory),
    store: await readFolder(disk, storeDirectory),
    contents,
  }
}

/** @param slow  what to put between the service and its disk */
export async function playLog(
  log: Files,
  { limits, slow = disk => disk }: { limits?: Partial<Limits>; slow?: (disk: Disk) => Disk },
): Promise<Played> {
  const disk = memoryDisk()
  await writeFiles(disk, log)
  const opened = await openService({ disk: slow(disk), clock: manualClock(startMs), ...limitsOf({ limits }) })
  await opened.settle()
  const contents = await readContents(opened.service, { tenants, streams })
  await opened.kill()
  return { log, store: await readFolder(disk, storeDirectory), contents }
}

function limitsOf({ limits }: { limits?: Partial<Limits> | undefined }): { limits?: Partial<Limits> } {
  return limits ? { limits } : {}
}

async function call({ service }: Opened, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case 'ingest': {
      const { kind: _kind, lines, key, ...rest } = operation
      const body = toUtf8(lines.join('\n'))
      const request = {
        ...rest,
        body,
        format: 'ndjson',
        fields: {},
        wait: 'durable',
        receipts: 'all',
      } as const
      await service.ingest({ ...request, ...(key !== undefined && { idempotencyKey: key }) }).catch(error => {
        if (!(error instanceof Refused)) throw error // a key used for another body
      })
      return
    }
    case 'repair': {
      const { tenant, stream, patch } = operation
      await service.replay({ tenant, stream, patch, fields: {}, reopen: false, limit: 1000 })
      return
    }
    case 'evict': {
      const { segments } = await service.segments(operation.tenant)
      const segment = segments[operation.rank % Math.max(1, segments.length)]
      if (segment) await service.evict(operation.tenant, segment.segment_id)
    }
  }
}
