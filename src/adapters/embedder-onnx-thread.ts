// A transformer in a thread of its own, so that who asks stays free for others while it computes. A thread that ends, for
// want of memory say, fails the calls under way, and the next call starts another.

import { Worker } from 'node:worker_threads'
import { assert } from '../base/assert.ts'
import { type TextColumn, textCountOf } from '../base/text-column.ts'
import type { OnnxConfig } from '../contract/embedder.ts'
import { type Embedded, type Embedder, EmbedError } from '../ports/embedder.ts'
import { connect, type Peer, remote } from './rpc.ts'

/** What the thread serves. An EmbedError crosses as data, since whether it is transient would be lost on the way. */
interface OnnxFace {
  open(config: OnnxConfig): Promise<Opened | Failed>
  embed(texts: TextColumn): Promise<Embedded | Failed>
}

type Opened = Pick<Embedder, 'id' | 'dims' | 'batchTextsMax'>

interface Failed {
  failed: { message: string; isTransient: boolean }
}

/** @throws EmbedError as `onnxEmbedder` does */
export async function onnxThread(entry: URL, config: OnnxConfig): Promise<Embedder> {
  let running: Promise<Running> | undefined
  const start = () => {
    const thread = spawn(entry)
    const starting = thread.ask(face => face.open(config)).then(answer => ({ thread, opened: sound(answer) }))
    const forget = () => {
      if (running === starting) running = undefined
    }
    thread.ended.catch(forget)
    starting.catch(() => {
      forget()
      thread.stop()
    })
    return starting
  }
  running = start()
  const { opened } = await running
  const { batchTextsMax } = opened
  return {
    ...opened,
    async embed(texts, { signal } = {}) {
      assert(textCountOf(texts) <= batchTextsMax, 'no more texts than a call takes')
      signal?.throwIfAborted()
      running ??= start()
      const { thread } = await running
      signal?.throwIfAborted()
      const answer = thread.ask(face => face.embed(ownColumn(texts)))
      return sound(await (signal ? unlessAborted(answer, signal) : answer))
    },
  }
}

/** @param open  how the thread makes its embedder */
export function serveOnnx(open: (config: OnnxConfig) => Promise<Embedder>): OnnxFace {
  let embedder: Embedder
  return {
    open: config =>
      told(async () => {
        embedder = await open(config)
        const { id, dims, batchTextsMax } = embedder
        return { id, dims, batchTextsMax }
      }),
    embed: texts => told(() => embedder.embed(texts)),
  }
}

interface Running {
  thread: Thread
  opened: Opened
}

interface Thread {
  ask<Value>(call: (face: OnnxFace) => Promise<Value>): Promise<Value>
  /** rejects when the thread is no more */
  ended: Promise<never>
  stop(): void
}

function spawn(entry: URL): Thread {
  const worker = new Worker(entry, { name: 'onnx' })
  worker.unref() // an idle thread must not keep the process alive
  const ended = new Promise<never>((_, reject) => {
    const end = (cause?: unknown) =>
      reject(new EmbedError('onnx', 'its thread has ended', { cause, isTransient: true }))
    worker.once('error', end)
    worker.once('exit', () => end())
  })
  ended.catch(() => undefined) // told to those who ask; nobody may be asking
  const peer: Peer = connect(worker, {})
  const face = remote<OnnxFace>(peer)
  return {
    ask: call => Promise.race([call(face), ended]),
    ended,
    stop: () => void worker.terminate(),
  }
}

async function told<Value>(act: () => Promise<Value>): Promise<Value | Failed> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof EmbedError)) throw error
    return { failed: { message: error.message, isTransient: error.isTransient } }
  }
}

function sound<Value extends object>(answer: Value | Failed): Value {
  if (!('failed' in answer)) return answer
  const { message, isTransient } = answer.failed
  throw Object.assign(new EmbedError('onnx', message, { isTransient }), { message })
}

/** The texts without what lies around them: a message copies whole buffers, and what it is given stays the caller's. */
function ownColumn({ data, offsets }: TextColumn): TextColumn {
  const start = offsets[0]!
  return { data: data.slice(start, offsets.at(-1)), offsets: offsets.map(offset => offset - start) }
}

/** The thread goes on with the call, which is a bounded one; its caller hears at once. */
function unlessAborted<Value>(answer: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
