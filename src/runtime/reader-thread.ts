// Entry of the reader's thread.

import { workerData } from 'node:worker_threads'
import { createZstd } from '../adapters/codec-zstd.ts'
import { connect, remote } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import type { Published } from '../catalog/catalog.ts'
import type { CatalogVersion } from '../catalog/version.ts'
import type { OpenReads } from '../query/snapshot.ts'
import { PartFiles } from '../segment/part-files.ts'
import { Reader, type Reading } from '../service/reader.ts'
import type { MainFace, ThreadData } from './node-threads.ts'
import { lineTo, main } from './thread-lines.ts'
import { compileZstd } from './wasm-node.ts'

/** What the writer tells the reader. */
export interface ReaderFace {
  begin(version: CatalogVersion): Promise<void>
  publish(published: Published): void
  released(version: number): Promise<void>
}

const blockCacheBytes = 32 * 1024 * 1024

const { config, storeDirectory, storeShared } = workerData as ThreadData
const line = await lineTo('writer')
const files = new PartFiles(
  await fsStore({ directory: storeDirectory, shared: storeShared }),
  createZstd(compileZstd()),
  blockCacheBytes,
)
let reader: Reader

const face: ReaderFace = {
  async begin(version) {
    const pageBytesMax = config.limits.page_bytes_max
    reader = new Reader(
      { files, open, pageBytesMax, onCorrupt: ({ message }) => mainFace.onCorrupt(message) },
      version,
    )
  },
  publish: published => reader.publish(published),
  released: version => reader.released(version),
}
const open = remote<OpenReads>(connect(line, face))

const reading: Reading = {
  events: request => reader.events(request),
  event: request => reader.event(request),
  quarantine: request => reader.quarantine(request),
  refusals: search => reader.refusals(search),
  segments: tenant => reader.segments(tenant),
}
const mainFace = remote<MainFace>(connect(main, reading), ['onCorrupt'])
