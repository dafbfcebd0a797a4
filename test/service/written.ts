// A writer with its reader, without a log and a clock: frames go in as a log would give them, and a test may hold the
// sealer back.

import { readFileSync } from 'node:fs'
import { systemClock } from '../../src/adapters/clock-system.ts'
import { createZstd } from '../../src/adapters/codec-zstd.ts'
import { concat, toUtf8 } from '../../src/base/bytes.ts'
import type { Published } from '../../src/catalog/catalog.ts'
import type { RepairItem } from '../../src/contract/frames.ts'
import type { BatchAnswer } from '../../src/contract/receipt.ts'
import type {
  EventsPage,
  EventsRequest,
  QuarantineRequest,
  ReplayAnswer,
} from '../../src/contract/service.ts'
import { TapeColumns } from '../../src/engine/columns/columns.ts'
import { Scanner } from '../../src/engine/tape/scan.ts'
import type { FrameKind } from '../../src/ports/log.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import { PartFiles } from '../../src/segment/part-files.ts'
import { Merger, type Merging } from '../../src/service/merger.ts'
import { Reader } from '../../src/service/reader.ts'
import { Renewer, type RenewerOptions, type Renewing } from '../../src/service/renewing.ts'
import { Sealer, type Sealing } from '../../src/service/sealer.ts'
import { Writer, type WriterOptions } from '../../src/service/writer.ts'
import type { Applied } from '../../src/service/writing.ts'
import { memoryStore } from '../catalog/stores.ts'
import { batchHeader, type Change, nowMs } from '../ingest/gate.ts'
import { engineModule, indexerOver, sealedRunsOver, testEmbedder } from './knowing.ts'

const wasm = (name: string) =>
  new WebAssembly.Module(readFileSync(new URL(`../../dist/wasm/${name}.wasm`, import.meta.url)))
export const codec = createZstd(wasm('zstd'))

export function sealerOver(store: ObjectStore): Sealer {
  return new Sealer(store, codec, new TapeColumns(engineModule))
}

function renewerOver(store: ObjectStore, more: Partial<RenewerOptions> = {}): Renewer {
  return new Renewer({
    ...{ store, codec, engineModule, clock: systemClock },
    embedder: testEmbedder,
    embedsAtOnce: true,
    eventBytesMax: 1 << 20,
    ...more,
  })
}

export interface WrittenOptions extends Partial<WriterOptions> {
  store?: ObjectStore
  wrapSealing?: (sealing: Sealing) => Sealing
  wrapMerging?: (merging: Merging) => Merging
  wrapRenewing?: (renewing: Renewing) => Renewing
  pageBytesMax?: number
}

type AppliedAs<Kind extends Applied['kind']> = Extract<Applied, { kind: Kind }>

export class Written {
  readonly store: ObjectStore
  readonly published: Published[] = []
  readonly queued: number[] = []
  readonly fatal: unknown[] = []
  readonly corrupt: Error[] = []
  writer!: Writer
  reader!: Reader
  seq = 0

  private constructor(store: ObjectStore) {
    this.store = store
  }

  static async open(options: WrittenOptions = {}): Promise<Written> {
    const {
      store = await memoryStore(),
      wrapSealing = sealing => sealing,
      wrapMerging = merging => merging,
      wrapRenewing = renewing => renewing,
      pageBytesMax = 1e9,
      ...more
    } = options
    const written = new Written(store)
    const indexing = indexerOver(store)
    written.writer = await Writer.open({
      store,
      createScanner: bounds => new Scanner(engineModule, bounds),
      sealing: wrapSealing(sealerOver(store)),
      indexing,
      merging: wrapMerging(new Merger({ store, codec, engineModule })),
      renewing: wrapRenewing(renewerOver(store)),
      clock: systemClock,
      writer: '0',
      identitySeed: 7,
      columnsMax: 1000,
      runsMax: 8,
      idempotencyMs: 86_400_000,
      onPublish: published => {
        written.published.push(published)
        written.reader.publish(published)
      },
      onQueue: bytes => written.queued.push(bytes),
      whenReleased: version => written.reader.released(version),
      onFatal: error => written.fatal.push(error),
      ...more,
    })
    const files = new PartFiles(store, codec, 1 << 20)
    const onCorrupt = (error: Error) => written.corrupt.push(error)
    written.reader = new Reader(
      {
        files,
        open: written.writer.view,
        openRuns: indexing,
        sealedRuns: sealedRunsOver(files),
        embedder: testEmbedder,
        pageBytesMax,
        onCorrupt,
      },
      written.writer.published,
    )
    written.seq = await written.writer.appliedSeq()
    return written
  }

  /** A frame's outcome; the frame before may still be under way. */
  apply<Kind extends Applied['kind']>(
    kind: FrameKind,
    header: object,
    body: Uint8Array = new Uint8Array(0),
  ): Promise<AppliedAs<Kind>> {
    const frame = { seq: ++this.seq, kind, header: header as Record<string, unknown>, body }
    return this.writer.apply(frame) as Promise<AppliedAs<Kind>>
  }

  /** @param body  NDJSON, or events */
  async send(body: string | readonly object[], change: Change = {}): Promise<BatchAnswer> {
    const text = typeof body === 'string' ? body : body.map(event => JSON.stringify(event)).join('\n')
    return (await this.apply<'batch'>('batch', batchHeader(change), toUtf8(text))).answer
  }

  async repair(items: readonly (Omit<RepairItem, 'bytes'> & { body: string })[]): Promise<ReplayAnswer> {
    const { tenant, stream, fields, reopen, policy, ingest_time_ms } = batchHeader()
    const bodies = items.map(({ body }) => toUtf8(body))
    const header = {
      ...{ tenant, stream, fields, reopen, policy, ingest_time_ms },
      items: items.map(({ body: _, ...item }, i) => ({ ...item, bytes: bodies[i]!.length })),
    }
    return (await this.apply<'repair'>('repair', header, concat(bodies))).answer
  }

  seal(timeMs = nowMs): Promise<Applied> {
    return this.apply('seal', { time_ms: timeMs, reason: 'size' })
  }

  async evict(...segment_ids: string[]): Promise<string[]> {
    return (await this.apply<'evict'>('evict', { time_ms: nowMs, segment_ids })).evicted
  }

  /** Seals, and waits for the publish. */
  async flush(timeMs = nowMs): Promise<void> {
    await this.seal(timeMs)
    await this.writer.settled()
  }

  page(request: Partial<EventsRequest> = {}): Promise<EventsPage> {
    return this.reader.events({ tenant: 't', stream: 'events', limit: 1000, order: 'asc', ...request })
  }

  async ids(request: Partial<EventsRequest> = {}): Promise<string[]> {
    return (await this.page(request)).events.map(({ eventId }) => eventId)
  }

  quarantine(request: Partial<QuarantineRequest> = {}) {
    return this.reader.quarantine({ tenant: 't', stream: 'events', status: 'open', limit: 1000, ...request })
  }
}

/** A gate that a test opens. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

/** Lets everything that can happen without the test happen. */
export async function quiet(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** The objects of a store in another. */
export async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = await memoryStore()
  for await (const { key } of store.list('')) await copy.put(key, [(await store.get(key))!])
  return copy
}

/** Turns a byte of a stored object, behind the back of the service. */
export async function damage(store: ObjectStore, key: string, at: number): Promise<void> {
  const bytes = (await store.get(key))!.slice()
  bytes.set([bytes.at(at)! ^ 1], at < 0 ? bytes.length + at : at)
  await store.delete([key])
  await store.put(key, [bytes])
}
