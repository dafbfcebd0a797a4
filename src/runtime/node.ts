// The service on Node: threads, files, HTTP.

import { setFlagsFromString } from 'node:v8'
import { serve } from '@hono/node-server'
import { createApp } from '../../routes/app.ts'
import { systemClock } from '../adapters/clock-system.ts'
import { createZstd } from '../adapters/codec-zstd.ts'
import { columnarThreads } from '../adapters/columnar-thread.ts'
import { openDataDir } from '../adapters/data-dir.ts'
import { nodeInflate } from '../adapters/inflate-node.ts'
import { fileKeys } from '../adapters/keys-file.ts'
import { fileLog } from '../adapters/log-file.ts'
import { fsStore } from '../adapters/store-fs.ts'
import type { Config } from '../contract/config.ts'
import { Alluvium } from '../service/alluvium.ts'
import { autoPack } from '../service/auto-pack.ts'
import { openInOneThread } from '../service/in-one-thread.ts'
import { openKeyRing, readListedKeys } from '../service/keys.ts'
import { PackRegistry } from '../service/packs.ts'
import { nodeEmbedder } from './embedder-node.ts'
import { logger } from './logger.ts'
import { startThreads } from './node-threads.ts'
import { compileEngine, compileZstd, readWasm } from './wasm-node.ts'

export interface Running {
  url: string
  stop(): Promise<void>
}

const columnarThreadsMax = 1
const columnarWaitingMax = 16
const columnarHeapBytes = 1024 * 1024 * 1024
/**
 * What passes through the threads are buffers of a megabyte outside of V8's heap. They count towards it, and beside a heap
 * of 10 MB each few of them would have it marked again: a fifth of all CPU at full ingest. So it may grow threefold
 * between marks. What each thread's young generation may take stands in node-threads.ts.
 */
const collectorFlags = ['--heap-growing-percent=200']

/** Opens the data directory, recovers, and listens. @throws DataDirError, LogError, StoreError, CorruptCatalog */
export async function startNode(config: Config): Promise<Running> {
  for (const flag of collectorFlags) setFlagsFromString(flag)
  const { limits } = config
  const log = logger(config.log_level, entry => process.stderr.write(`${JSON.stringify(entry)}\n`))
  const fatal = (error: unknown) => {
    log({
      level: 'error',
      msg: 'fatal',
      error: error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error),
    })
    process.exit(1)
  }
  const dataDir = await openDataDir(config.data_dir)
  const engine = await startEngine(config, dataDir, fatal)
  const keys = await openKeyRing({
    listed: await readListedKeys(config.api_keys, systemClock.nowMs()),
    ...(config.keys_file !== undefined && { file: fileKeys(config.keys_file, systemClock) }),
    clock: systemClock,
    report: error =>
      log({
        level: 'error',
        msg: 'the key file is not usable; the keys read before still hold',
        error: String(error),
      }),
  })
  const columnar = columnarThreads({
    entry: new URL('./columnar-thread.js', import.meta.url),
    zstdWasm: readWasm('zstd'),
    inflatedBytesMax: limits.body_inflated_bytes_max,
    eventDepthMax: limits.event_depth_max,
    threadsMax: columnarThreadsMax,
    waitingMax: columnarWaitingMax,
    timeMsMax: limits.request_seconds * 1000,
    heapBytesMax: columnarHeapBytes,
  })
  const binding = { host: config.host, port: config.port }
  const app = createApp({
    service: engine.alluvium,
    knowledge: engine.alluvium.knowledge,
    packs: engine.packs,
    jobs: engine.alluvium.jobs,
    limits,
    keys,
    binding,
    clock: systemClock,
    inflate: nodeInflate,
    columnar: (format, body) => columnar.decode(format, body),
    embedder: nodeEmbedder(config.embedder),
    log,
  })
  const { server, port } = await listen(app.fetch, config)
  binding.port = port
  const { frames } = await engine.alluvium.recover()
  log({ level: 'info', msg: 'intake is open', recovered_frames: frames })
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    async stop() {
      // until all is published a balancer hears from /readyz that it should look elsewhere
      await engine.alluvium.drain()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      await Promise.race([closed, new Promise(resolve => setTimeout(resolve, 1000).unref())])
      if ('closeAllConnections' in server) server.closeAllConnections()
      await columnar.close()
      await engine.stop()
      await dataDir.close()
    },
  }
}

async function startEngine(
  config: Config,
  dirs: { logDirectory: string; storeDirectory: string },
  onFatal: (error: unknown) => void,
) {
  const log = fileLog({ directory: dirs.logDirectory })
  const store = await fsStore({ directory: dirs.storeDirectory })
  let alluvium: Alluvium | undefined
  const packs = new PackRegistry(store, { dynamic: [autoPack(() => alluvium?.knowledge)] })
  if (config.threads === 'none') {
    const identitySeed = crypto.getRandomValues(new Uint32Array(1))[0]!
    const parts = { codec: createZstd(compileZstd()), engineModule: compileEngine() }
    const embedder = nodeEmbedder(config.embedder)
    alluvium = await openInOneThread({
      config,
      clock: systemClock,
      log,
      store,
      identitySeed,
      onFatal,
      packs,
      embedder,
      ...parts,
    })
    return { alluvium, packs, stop: async () => undefined }
  }
  const threads = await startThreads(
    { config, storeDirectory: dirs.storeDirectory },
    {
      onPublish: published => alluvium?.onPublish(published),
      onQueue: bytes => alluvium?.onQueue(bytes),
      onCorrupt: () => alluvium?.onCorrupt(),
      onDeadLetter: () => alluvium?.onDeadLetter(),
      onFatal: error => (alluvium ? alluvium.fail(error) : onFatal(error)),
    },
  )
  const { writing, reading } = threads
  alluvium = new Alluvium({
    config,
    clock: systemClock,
    log,
    writing,
    reading,
    packs,
    usedRatio: () => store.usedRatio(),
    onFatal,
  })
  return { alluvium, packs, stop: () => threads.stop() }
}

function listen(fetch: (request: Request) => Response | Promise<Response>, { host, port, limits }: Config) {
  return new Promise<{ server: ReturnType<typeof serve>; port: number }>((resolve, reject) => {
    const server = serve(
      {
        fetch,
        hostname: host,
        port,
        serverOptions: {
          headersTimeout: limits.headers_seconds * 1000,
          requestTimeout: limits.request_seconds * 1000,
          connectionsCheckingInterval: 1000,
        },
      },
      info => resolve({ server, port: info.port }),
    )
    server.once('error', reject)
    Object.assign(server, { maxConnections: limits.connections_max })
  })
}
