// Entry of the sealer's thread.

import { workerData } from 'node:worker_threads'
import { createZstd } from '../adapters/codec-zstd.ts'
import { connect } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import { Sealer } from '../service/sealer.ts'
import type { ThreadData } from './node-threads.ts'
import { lineTo } from './thread-lines.ts'
import { compileWasm } from './wasm-node.ts'

const { storeDirectory, storeShared } = workerData as ThreadData
const line = await lineTo('writer')
connect(
  line,
  new Sealer(
    await fsStore({ directory: storeDirectory, shared: storeShared }),
    createZstd(compileWasm('zstd')),
  ),
)
