// Entry of the reader's thread.

import { workerData } from 'node:worker_threads'
import { createZstd } from '../adapters/codec-zstd.ts'
import { connect, remote } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import type { Published } from '../catalog/catalog.ts'
import type { CatalogVersion } from '../catalog/version.ts'
import type { OpenRuns } from '../query/open-runs.ts'
import { SealedRuns } from '../query/sealed-runs.ts'
import type { OpenReads } from '../query/snapshot.ts'
import { PartFiles } from '../segment/part-files.ts'
import { Reader, type Reading } from '../service/reader.ts'
import { nodeEmbedder } from './embedder-node.ts'
import type { MainFace, ThreadData } from './node-threads.ts'
import { lineTo, main } from './thread-lines.ts'
import { compileEngine, compileZstd } from './wasm-node.ts'

/** What the writer tells the reader. */
export interface ReaderFace {
  begin(version: CatalogVersion): Promise<void>
  publish(published: Published): void
  released(version: number): Promise<void>
}

const blockCacheBytes = 96 * 1024 * 1024

const { config, storeDirectory, storeShared } = workerData as ThreadData
const [line, indexerLine] = await Promise.all([lineTo('writer'), lineTo('indexer')])
const files = new PartFiles(
  await fsStore({ directory: storeDirectory, shared: storeShared }),
  createZstd(compileZstd()),
  blockCacheBytes,
)
let reader: Reader

const face: ReaderFace = {
  async begin(version) {
    const pageBytesMax = config.limits.page_bytes_max
    const onCorrupt = ({ message }: Error) => mainFace.onCorrupt(message)
    reader = new Reader({ files, open, openRuns, sealedRuns, embedder, pageBytesMax, onCorrupt }, version)
  },
  publish: published => reader.publish(published),
  released: version => reader.released(version),
}
const open = remote<OpenReads>(connect(line, face))
const openRuns = remote<OpenRuns>(connect(indexerLine, {}))
const indexBytesMax = config.limits.index_bytes_max
const sealedRuns = new SealedRuns({ files, engineModule: compileEngine(), indexBytesMax })
const embedder = nodeEmbedder(config.embedder)

const reading: Reading = {
  events: request => reader.events(request),
  event: request => reader.event(request),
  quarantine: request => reader.quarantine(request),
  refusals: search => reader.refusals(search),
  segments: tenant => reader.segments(tenant),
  search: request => reader.search(request),
  node: request => reader.node(request),
  walk: request => reader.walk(request),
  path: request => reader.path(request),
  clusters: request => reader.clusters(request),
  autoPack: stream => reader.autoPack(stream),
}
const mainFace = remote<MainFace>(connect(main, reading), ['onCorrupt'])
