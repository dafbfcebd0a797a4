// Entry of the writer's thread.

import { workerData } from 'node:worker_threads'
import { systemClock } from '../adapters/clock-system.ts'
import { connect, remote } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import { Scanner } from '../engine/tape/scan.ts'
import type { Frame } from '../ports/log.ts'
import type { Indexing } from '../service/indexing.ts'
import type { Merging } from '../service/merger.ts'
import type { Renewing } from '../service/renewing.ts'
import type { Sealing } from '../service/sealer.ts'
import type { RederiveRequest } from '../service/upkeep.ts'
import { Writer } from '../service/writer.ts'
import type { MainFace, ThreadData } from './node-threads.ts'
import type { ReaderFace } from './reader-thread.ts'
import { lineTo, main } from './thread-lines.ts'
import { compileEngine } from './wasm-node.ts'

const { config, storeDirectory, storeShared } = workerData as ThreadData
const lines = Promise.all([lineTo('sealer'), lineTo('merger'), lineTo('indexer'), lineTo('reader')])
let writer: Writer

const mainFace = remote<MainFace>(
  connect(main, {
    open,
    apply: (frame: Frame) => writer.apply(frame),
    appliedSeq: () => writer.appliedSeq(),
    rememberedKeys: () => writer.rememberedKeys(),
    indexed: () => writer.indexed(),
    settled: () => writer.settled(),
    stop: () => writer.stop(),
    stats: () => writer.stats(),
    expired: (nowMs: number) => writer.expired(nowMs),
    storedBytes: () => writer.storedBytes(),
    rederive: (request: RederiveRequest) => writer.rederive(request),
  }),
  ['onPublish', 'onQueue', 'onFatal'],
)

async function open(): Promise<void> {
  const [sealerLine, mergerLine, indexerLine, readerLine] = await lines
  const sealing = remote<Sealing>(connect(sealerLine, {}), ['add'])
  const merging = remote<Merging & Renewing>(connect(mergerLine, {}))
  const indexing = remote<Indexing>(connect(indexerLine, {}), ['begin', 'drop'])
  const reader = remote<ReaderFace>(connect(readerLine, view()), ['publish'])
  const engineModule = compileEngine()
  writer = await Writer.open({
    store: await fsStore({ directory: storeDirectory, shared: storeShared }),
    createScanner: bounds => new Scanner(engineModule, bounds),
    sealing,
    indexing,
    merging,
    renewing: merging,
    clock: systemClock,
    writer: '0',
    identitySeed: crypto.getRandomValues(new Uint32Array(1))[0]!,
    columnsMax: config.limits.columns_max,
    runsMax: config.limits.runs_max,
    idempotencyMs: config.limits.idempotency_hours * 3_600_000,
    onPublish: published => {
      reader.publish(published)
      mainFace.onPublish(published)
    },
    onQueue: bytes => mainFace.onQueue(bytes),
    whenReleased: version => reader.released(version),
    onFatal: error => {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
      mainFace.onFatal({ name, message, stack })
    },
  })
  await reader.begin(writer.published)
}

/** The writer's view, which exists once it is open. */
function view() {
  return {
    moment: () => writer.view.moment(),
    segments: (tenant: string) => writer.view.segments(tenant),
    events: (request: Parameters<Writer['view']['events']>[0]) => writer.view.events(request),
    locate: (tenant: string, eventId: string) => writer.view.locate(tenant, eventId),
    refusals: (tenant: string, stream: string) => writer.view.refusals(tenant, stream),
  }
}
