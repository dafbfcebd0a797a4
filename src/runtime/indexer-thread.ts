// Entry of the indexer's thread.

import { workerData } from 'node:worker_threads'
import { systemClock } from '../adapters/clock-system.ts'
import { connect, remote } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import { Indexer } from '../service/indexer.ts'
import { PackRegistry } from '../service/packs.ts'
import { Plans } from '../service/plans.ts'
import { embedsInHotPath } from '../service/renewing.ts'
import { nodeEmbedder } from './embedder-node.ts'
import type { MainFace, ThreadData } from './node-threads.ts'
import { lineTo, main } from './thread-lines.ts'
import { compileEngine } from './wasm-node.ts'

const { config, storeDirectory, storeShared } = workerData as ThreadData
const lines = Promise.all([lineTo('writer'), lineTo('reader')])
const mainFace = remote<MainFace>(connect(main, {}), ['onDeadLetter', 'onFatal'])
const store = await fsStore({ directory: storeDirectory, shared: storeShared })
const indexer = new Indexer({
  store,
  clock: systemClock,
  engineModule: compileEngine(),
  plans: new Plans({ store, packs: new PackRegistry(store) }),
  embedder: embedsInHotPath(config.embedder) ? nodeEmbedder(config.embedder) : async () => undefined,
  pause: () => new Promise(resolve => setImmediate(resolve)),
  onDeadLetter: (_batch, error) => mainFace.onDeadLetter(String(error)),
  onFatal: error => {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
    mainFace.onFatal({ name, message, stack })
  },
})
for (const line of await lines) connect(line, indexer)
