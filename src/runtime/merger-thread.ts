// Entry of the merger's thread, which also renews runs: what both do can wait.

import { workerData } from 'node:worker_threads'
import { systemClock } from '../adapters/clock-system.ts'
import { createZstd } from '../adapters/codec-zstd.ts'
import { connect } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import { Merger, type Merging } from '../service/merger.ts'
import { embedsInHotPath, Renewer, type Renewing } from '../service/renewing.ts'
import { nodeEmbedder } from './embedder-node.ts'
import type { ThreadData } from './node-threads.ts'
import { lineTo } from './thread-lines.ts'
import { compileEngine, compileZstd } from './wasm-node.ts'

const { config, storeDirectory, storeShared } = workerData as ThreadData
const line = await lineTo('writer')
const store = await fsStore({ directory: storeDirectory, shared: storeShared })
const parts = { store, codec: createZstd(compileZstd()), engineModule: compileEngine() }
const merger = new Merger(parts)
const renewer = new Renewer({
  ...parts,
  clock: systemClock,
  embedder: nodeEmbedder(config.embedder),
  embedsAtOnce: embedsInHotPath(config.embedder),
  eventBytesMax: config.limits.event_bytes_max,
})
const face: Merging & Renewing = {
  merge: plan => merger.merge(plan),
  space: () => renewer.space(),
  embed: task => renewer.embed(task),
  rederive: task => renewer.rederive(task),
}
connect(line, face)
