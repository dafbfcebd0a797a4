// The whole service in one thread: what Workers run, what tests drive, and what `threads: none` means.

import type { Config } from '../contract/config.ts'
import type { PacksService } from '../contract/packs-service.ts'
import { TapeColumns } from '../engine/columns/columns.ts'
import { Scanner } from '../engine/tape/scan.ts'
import type { Clock } from '../ports/clock.ts'
import type { Codec } from '../ports/codec.ts'
import type { Embedder } from '../ports/embedder.ts'
import type { Log } from '../ports/log.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { SealedRuns } from '../query/sealed-runs.ts'
import { PartFiles } from '../segment/part-files.ts'
import { Alluvium } from './alluvium.ts'
import { Indexer } from './indexer.ts'
import { Merger } from './merger.ts'
import { Plans } from './plans.ts'
import { Reader } from './reader.ts'
import { embedsInHotPath, Renewer } from './renewing.ts'
import { Sealer } from './sealer.ts'
import { Writer } from './writer.ts'

export interface OneThreadOptions {
  config: Config
  clock: Clock
  log: Log
  store: ObjectStore
  codec: Codec
  engineModule: WebAssembly.Module
  packs: PacksService
  embedder: () => Promise<Embedder | undefined>
  writer?: string
  identitySeed: number
  blockCacheBytes?: number
  onFatal: (error: unknown) => void
}

const blockCacheBytesDefault = 8 * 1024 * 1024

/** The service over its published state; `recover` opens its intake. */
export async function openInOneThread(options: OneThreadOptions): Promise<Alluvium> {
  const { config, clock, log, store, codec, engineModule, embedder, onFatal } = options
  let alluvium: Alluvium | undefined
  let reader: Reader | undefined
  const embedsAtOnce = embedsInHotPath(config.embedder)
  const indexer = new Indexer({
    store,
    clock,
    engineModule,
    plans: new Plans({ store, packs: options.packs }),
    embedder: embedsAtOnce ? embedder : async () => undefined,
    pause: async () => undefined,
    onDeadLetter: () => alluvium?.onDeadLetter(),
    onFatal: error => (alluvium ? alluvium.fail(error) : onFatal(error)),
  })
  const writer = await Writer.open({
    store,
    createScanner: bounds => new Scanner(engineModule, bounds),
    sealing: new Sealer(store, codec, new TapeColumns(engineModule)),
    indexing: indexer,
    merging: new Merger({ store, codec, engineModule }),
    renewing: new Renewer({
      ...{ store, codec, clock, engineModule, embedder, embedsAtOnce },
      eventBytesMax: config.limits.event_bytes_max,
    }),
    clock,
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
    {
      files,
      open: writer.view,
      openRuns: indexer,
      sealedRuns: new SealedRuns({ files, engineModule, indexBytesMax: config.limits.index_bytes_max }),
      embedder,
      pageBytesMax,
      onCorrupt: () => alluvium?.onCorrupt(),
    },
    writer.published,
  )
  alluvium = new Alluvium({
    config,
    clock,
    log,
    writing: writer,
    reading: reader,
    packs: options.packs,
    usedRatio: () => store.usedRatio(),
    onFatal,
  })
  return alluvium
}
