// The service in one thread over a disk in memory, with a clock that the test moves.

import { fileLog } from '../../src/adapters/log-file.ts'
import { fsStore } from '../../src/adapters/store-fs.ts'
import { toUtf8 } from '../../src/base/bytes.ts'
import { configSchema } from '../../src/contract/config.ts'
import type { IngestAnswer, IngestRequest, ReplayRequest, StoredEvent } from '../../src/contract/service.ts'
import type { Embedder } from '../../src/ports/embedder.ts'
import type { Log } from '../../src/ports/log.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import type { Alluvium } from '../../src/service/alluvium.ts'
import { openInOneThread } from '../../src/service/in-one-thread.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { nowMs } from '../ingest/gate.ts'
import { type ManualClock, manualClock } from '../sim/manual-clock.ts'
import { type MemoryDisk, memoryDisk } from '../sim/memory-disk.ts'
import { engineModule, testEmbedder } from './knowing.ts'
import { codec, quiet } from './written.ts'

export interface RunningOptions {
  disk?: MemoryDisk
  clock?: ManualClock
  /** as in alluvium.yaml */
  config?: object
  /** does not recover: the test does */
  isClosed?: boolean
  wrapLog?: (log: Log) => Log
  wrapStore?: (store: ObjectStore) => ObjectStore
  embedder?: () => Promise<Embedder>
}

export interface Running {
  service: Alluvium
  disk: MemoryDisk
  clock: ManualClock
  log: Log
  store: ObjectStore
  fatal: unknown[]
  /** what the disk says of itself; a test may change it */
  medium: { usedRatio: number }
  send(body: string | readonly object[], more?: Partial<IngestRequest>): Promise<IngestAnswer>
  ids(tenant?: string): Promise<string[]>
  replay(more: Partial<ReplayRequest>): ReturnType<Alluvium['replay']>
  metric(name: string): Promise<number>
  /** Goes on in time, and lets what is due happen. */
  pass(ms: number): Promise<void>
}

export async function running(options: RunningOptions = {}): Promise<Running> {
  const { disk = memoryDisk(), clock = manualClock(nowMs), config = {} } = options
  const { wrapLog = log => log, wrapStore = store => store } = options
  const fatal: unknown[] = []
  const medium = { usedRatio: 0.5 }
  const onFatal = (error: unknown) => fatal.push(error)
  const files = await fsStore({ directory: '/data/store', disk })
  const store = wrapStore({
    put: (key, chunks) => files.put(key, chunks),
    get: key => files.get(key),
    getRange: (key, start, end) => files.getRange(key, start, end),
    list: prefix => files.list(prefix),
    delete: keys => files.delete(keys),
    usedRatio: async () => medium.usedRatio,
  })
  const log = wrapLog(fileLog({ directory: '/data/log', disk, onFatal }))
  const service = await openInOneThread({
    config: configSchema.parse(config),
    clock,
    log,
    store,
    codec,
    engineModule,
    packs: new PackRegistry(store),
    embedder: options.embedder ?? testEmbedder,
    identitySeed: 7,
    onFatal,
  })
  if (!options.isClosed) await service.recover()
  return {
    service,
    disk,
    clock,
    log,
    store,
    fatal,
    medium,
    send: (body, more = {}) => service.ingest({ ...ingestRequest(body), ...more }),
    async ids(tenant = 't') {
      const page = await service.events({ tenant, stream: 'events', limit: 10_000, order: 'asc' })
      return page.events.map(({ eventId }: StoredEvent) => eventId)
    },
    replay: more =>
      service.replay({ tenant: 't', stream: 'events', fields: {}, reopen: false, limit: 1000, ...more }),
    async metric(name) {
      const found = (await service.metrics()).find(metric => metric.name === `alluvium_${name}`)
      return found!.samples[0]!.value
    },
    async pass(ms) {
      clock.pass(ms)
      await quiet()
    },
  }
}

function ingestRequest(body: string | readonly object[]): IngestRequest {
  const text = typeof body === 'string' ? body : body.map(event => JSON.stringify(event)).join('\n')
  return {
    tenant: 't',
    stream: 'events',
    format: 'ndjson',
    body: toUtf8(text),
    fields: {},
    wait: 'indexed',
    receipts: 'all',
    reopen: false,
  }
}
