// The Durable Object that holds a store: the whole service in one thread, over R2. There is one object of a name, which
// makes it the one writer.
//
// What it has in memory may go at any moment. A batch is in the log, in R2, before it is acknowledged, and the next
// object reads the log back. An alarm brings an object back that went with events unsealed.

import engineModule from '../../dist/wasm/engine.wasm'
import zstdModule from '../../dist/wasm/zstd.wasm'
import { createApp } from '../../routes/app.ts'
import { systemClock } from '../adapters/clock-system.ts'
import { createZstd } from '../adapters/codec-zstd.ts'
import { r2Log } from '../adapters/log-r2.ts'
import { r2Store } from '../adapters/store-r2.ts'
import { decodeColumnar } from '../ingest/columnar/decode.ts'
import type { Alluvium } from '../service/alluvium.ts'
import { autoPack } from '../service/auto-pack.ts'
import { openInOneThread } from '../service/in-one-thread.ts'
import { openKeyRing, readListedKeys } from '../service/keys.ts'
import { PackRegistry } from '../service/packs.ts'
import { workerEmbedder } from './embedder-worker.ts'
import { logger } from './logger.ts'
import { type WorkerEnv, workerConfig } from './worker-config.ts'
import type { ObjectState } from './worker-objects.ts'

/** While the log holds what no segment does, alarms keep the object until its timers have sealed it: it goes after 70 s. */
const awakeMsMax = 30_000
/** How long calls wait for the log to be read back, before they are told that it is. The object may hold them for 30 s. */
const recoveryWaitMs = 20_000
const blockCacheBytes = 4 * 1024 * 1024

export class AlluviumStore {
  readonly #state: ObjectState
  readonly #opened: ReturnType<typeof open>
  #alarmMs: number | undefined

  constructor(state: ObjectState, env: WorkerEnv) {
    this.#state = state
    this.#opened = state.blockConcurrencyWhile(async () => {
      this.#alarmMs = (await state.storage.getAlarm()) ?? undefined
      const opened = await open(env, reason => state.abort(reason))
      await Promise.race([opened.recovered, new Promise(resolve => setTimeout(resolve, recoveryWaitMs))])
      return opened
    })
  }

  async fetch(request: Request): Promise<Response> {
    const { app } = await this.#opened
    const response = await app.fetch(request)
    await this.#comeBack()
    return response
  }

  async alarm(): Promise<void> {
    this.#alarmMs = undefined
    const { alluvium, recovered } = await this.#opened
    await recovered
    await alluvium.evictExpired()
    await this.#comeBack()
  }

  async #comeBack(): Promise<void> {
    const { log, config } = await this.#opened
    const awakeMs = Math.min(config.limits.flush_seconds * 1000, awakeMsMax)
    const dueMs = systemClock.nowMs() + (log.heldBytes > 0 ? awakeMs : config.evict_minutes * 60_000)
    if (this.#alarmMs !== undefined && this.#alarmMs <= dueMs) return
    this.#alarmMs = dueMs
    await this.#state.storage.setAlarm(dueMs)
  }
}

/** @throws StoreError, CorruptCatalog; Error when a binding is wrong */
async function open(env: WorkerEnv, end: (reason: string) => void) {
  const { config, storeName } = workerConfig(env)
  const { limits } = config
  const write = logger(config.log_level, entry => console.log(JSON.stringify(entry)))
  const onFatal = (error: unknown) => {
    write({
      level: 'error',
      msg: 'fatal',
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    end(String(error))
  }
  // Loaded here, since a Worker's global scope may not try what the platform can inflate.
  const { webInflate } = await import('../adapters/inflate-web.ts')
  const log = r2Log(env.BUCKET, { prefix: `${storeName}/log/` })
  const store = r2Store(env.BUCKET, { prefix: `${storeName}/store/` })
  const codec = createZstd(zstdModule)
  const embedder = workerEmbedder({ config: config.embedder, env, engineModule })
  const packs = new PackRegistry(store, { dynamic: [autoPack(() => alluvium.knowledge)] })
  const alluvium: Alluvium = await openInOneThread({
    config,
    clock: systemClock,
    log,
    store,
    codec,
    engineModule,
    packs,
    embedder,
    identitySeed: crypto.getRandomValues(new Uint32Array(1))[0]!,
    blockCacheBytes,
    onFatal,
  })
  const keys = await openKeyRing({
    listed: await readListedKeys(config.api_keys, systemClock.nowMs()),
    clock: systemClock,
    report: onFatal,
  })
  const app = createApp({
    service: alluvium,
    knowledge: alluvium.knowledge,
    packs,
    jobs: alluvium.jobs,
    limits,
    keys,
    // Without keys Host decides: what is called by a name of this machine is a development server on it.
    binding: { host: 'localhost', port: 0 },
    clock: systemClock,
    inflate: webInflate,
    columnar: (format, body) =>
      decodeColumnar(format, body, {
        inflatedBytesMax: limits.body_inflated_bytes_max,
        eventDepthMax: limits.event_depth_max,
        codec,
      }),
    embedder,
    log: write,
  })
  const recovered = alluvium.recover().then(({ frames }) => {
    write({ level: 'info', msg: 'intake is open', recovered_frames: frames })
  }, onFatal)
  return { app, alluvium, log, config, recovered }
}
