// Entry of the sealer's thread.

import { workerData } from 'node:worker_threads'
import { createZstd } from '../adapters/codec-zstd.ts'
import { connect } from '../adapters/rpc.ts'
import { fsStore } from '../adapters/store-fs.ts'
import { TapeColumns } from '../engine/columns/columns.ts'
import { Sealer } from '../service/sealer.ts'
import type { ThreadData } from './node-threads.ts'
import { lineTo } from './thread-lines.ts'
import { compileEngine, compileZstd } from './wasm-node.ts'

const { storeDirectory, storeShared } = workerData as ThreadData
const line = await lineTo('writer')
const store = await fsStore({ directory: storeDirectory, shared: storeShared })
connect(line, new Sealer(store, createZstd(compileZstd()), new TapeColumns(compileEngine())))
