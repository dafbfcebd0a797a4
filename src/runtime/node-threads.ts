// The threads of the service on Node, Bun and Deno, and what they say to each other:
//
//                              ┌─add, seal─▶ sealer
//   main ──apply──▶ writer ────┼─add, seal─▶ indexer ◀─┐
//     │               ▲ │      └─merge─────▶ merger     │ open runs
//     │               │ │ published                     │
//     └──queries──▶ reader ┘ open rows ─────────────────┘
//
// Each thread is one bundle beside this one. A thread that fails or ends takes the process with it: the log has what
// was acknowledged.

import { MessageChannel, Worker } from 'node:worker_threads'
import { connect, type Peer, remote } from '../adapters/rpc.ts'
import type { Published } from '../catalog/catalog.ts'
import type { Config } from '../contract/config.ts'
import type { Reading } from '../service/reader.ts'
import type { Writing } from '../service/writing.ts'

/** What a thread is given when it starts. */
export interface ThreadData {
  config: Config
  storeDirectory: string
  /** i32[1]: see FsStoreOptions.shared */
  storeShared: Int32Array
}

/** What the writer and the reader tell the main thread. */
export interface MainFace {
  onPublish(published: Published): void
  onQueue(bytes: number): void
  onCorrupt(message: string): void
  onDeadLetter(message: string): void
  onFatal(error: { name: string; message: string; stack?: string | undefined }): void
}

export interface Threads {
  writing: Writing
  reading: Reading
  stop(): Promise<void>
}

type ThreadName = 'writer' | 'sealer' | 'indexer' | 'merger' | 'reader'

/**
 * MB of each thread's young generation. Where buffers of a megabyte pass through, a small one finds those that are done with
 * soon; the reader makes many small things that last as long as a query, and would have them copied again and again.
 */
const youngMb: Readonly<Record<ThreadName, number>> = {
  writer: 6,
  sealer: 6,
  indexer: 24,
  merger: 6,
  reader: 96,
}

export async function startThreads(given: Omit<ThreadData, 'storeShared'>, face: MainFace): Promise<Threads> {
  const data: ThreadData = { ...given, storeShared: new Int32Array(new SharedArrayBuffer(4)) }
  let stopping = false
  const spawn = (name: ThreadName) => {
    const worker = new Worker(new URL(`./${name}-thread.js`, import.meta.url), {
      workerData: data,
      name,
      resourceLimits: { maxYoungGenerationSizeMb: youngMb[name] },
    })
    worker.on('error', (error: Error) => face.onFatal(error))
    worker.on('exit', code => {
      if (!stopping)
        face.onFatal({ name: 'ThreadError', message: `the ${name} thread ended with code ${code}` })
    })
    return worker
  }
  const sealer = spawn('sealer')
  const indexer = spawn('indexer')
  const merger = spawn('merger')
  const writer = spawn('writer')
  const reader = spawn('reader')
  join(writer, 'sealer', sealer, 'writer')
  join(writer, 'indexer', indexer, 'writer')
  join(writer, 'merger', merger, 'writer')
  join(writer, 'reader', reader, 'writer')
  join(reader, 'indexer', indexer, 'reader')
  const writerPeer = connect(writer, face)
  const readerPeer = connect(reader, face)
  connect(indexer, face)
  await writerPeer.call('open', [])
  return {
    writing: writingOf(writerPeer),
    reading: remote<Reading>(readerPeer),
    async stop() {
      stopping = true
      await Promise.all([writer, reader, sealer, indexer, merger].map(worker => worker.terminate()))
    },
  }
}

/** Gives two threads a line of their own. */
function join(left: Worker, leftName: string, right: Worker, rightName: string): void {
  const { port1, port2 } = new MessageChannel()
  left.postMessage({ line: leftName, port: port1 }, [port1])
  right.postMessage({ line: rightName, port: port2 }, [port2])
}

/** A frame's body is moved, not copied. */
function writingOf(peer: Peer): Writing {
  const face = remote<Writing>(peer)
  return new Proxy(face, {
    get: (target, method) => {
      if (method === 'writer') return '0'
      if (method !== 'apply') return Reflect.get(target, method)
      return (frame: Parameters<Writing['apply']>[0]) =>
        peer.call('apply', [frame], [frame.body.buffer as ArrayBuffer])
    },
  })
}
