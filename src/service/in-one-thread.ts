// The whole service in one thread: what Workers run, what tests drive, and what `threads: none` means.

import type { Config } from '../contract/config.ts'
import { TapeColumns } from '../engine/columns/columns.ts'
import { Scanner } from '../engine/tape/scan.ts'
import type { Clock } from '../ports/clock.ts'
import type { Codec } from '../ports/codec.ts'
import type { Log } from '../ports/log.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { PartFiles } from '../segment/part-files.ts'
import { Alluvium } from './alluvium.ts'
import { Merger } from './merger.ts'
import { Reader } from './reader.ts'
import { Sealer } from './sealer.ts'
import { Writer } from './writer.ts'

export interface OneThreadOptions {
  config: Config
  clock: Clock
  log: Log
  store: ObjectStore
  codec: Codec
  engineModule: WebAssembly.Module
  writer?: string
  identitySeed: number
  blockCacheBytes?: number
  onFatal: (error: unknown) => void
}

const blockCacheBytesDefault = 8 * 1024 * 1024

/** The service over its published state; `recover` opens its intake. */
export async function openInOneThread(options: OneThreadOptions): Promise<Alluvium> {
  const { config, clock, log, store, codec, engineModule, onFatal } = options
  let alluvium: Alluvium | undefined
  let reader: Reader | undefined
  const writer = await Writer.open({
    store,
    createScanner: bounds => new Scanner(engineModule, bounds),
    sealing: new Sealer(store, codec, new TapeColumns(engineModule)),
    merging: new Merger(store, codec),
    writer: options.writer ?? '0',
    identitySeed: options.identitySeed,
    columnsMax: config.limits.columns_max,
    runsMax: config.limits.runs_max,
    idempotencyMs: config.limits.idempotency_hours * 3_600_000,
    onPublish: published => {
      reader?.publish(published)
      alluvium?.onPublish(published)
    },
    onQueue: bytes => alluvium?.onQueue(bytes),
    whenReleased: version => reader?.released(version) ?? Promise.resolve(),
    onFatal: error => (alluvium ? alluvium.fail(error) : onFatal(error)),
  })
  const files = new PartFiles(store, codec, options.blockCacheBytes ?? blockCacheBytesDefault)
  const pageBytesMax = config.limits.page_bytes_max
  reader = new Reader(
    { files, open: writer.view, pageBytesMax, onCorrupt: () => alluvium?.onCorrupt() },
    writer.published,
  )
  alluvium = new Alluvium({
    config,
    clock,
    log,
    writing: writer,
    reading: reader,
    usedRatio: () => store.usedRatio(),
    onFatal,
  })
  return alluvium
}
