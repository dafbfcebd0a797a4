// Decoding of columnar bodies beside the main thread, for Node, Bun and Deno. A large file takes seconds, which must
// not hold up other requests; and should a body ever find a way to hang the decoder, its thread is thrown away and the
// process lives. A thread that behaves is used again: starting one costs more than most bodies.

import { Worker } from 'node:worker_threads'
import { assert } from '../base/assert.ts'
import { type ProblemCode, Refused } from '../contract/refused.ts'

export interface ColumnarThreadsOptions {
  /** the built src/runtime/columnar-thread.ts */
  entry: URL
  /** zstd.wasm, which each thread compiles for itself */
  zstdWasm: Uint8Array
  inflatedBytesMax: number
  eventDepthMax: number
  /** decodes at once */
  threadsMax: number
  /** bodies that wait for a thread; more are refused with `queue_full` */
  waitingMax: number
  /** how long one decode may take */
  timeMsMax: number
  /** JavaScript heap of one thread */
  heapBytesMax: number
}

interface DecodedBody {
  ndjson: Uint8Array
  rowCount: number
}

export interface ColumnarThreads {
  /**
   * The body is copied, and stays the caller's.
   * @throws Refused  what decodeColumnar refuses; `queue_full`; `timeout`; `body_too_large` when memory ran out
   */
  decode(format: 'arrow' | 'parquet', body: Uint8Array): Promise<DecodedBody>
  /** Ends all threads; what is being decoded or waits is refused with `not_ready`. */
  close(): Promise<void>
}

/** What a thread is asked, one body at a time. */
export interface ThreadRequest {
  format: 'arrow' | 'parquet'
  body: Uint8Array
  inflatedBytesMax: number
  eventDepthMax: number
}

export type ThreadReply =
  | { decoded: DecodedBody }
  | { refused: { code: ProblemCode; message: string } }
  | { failed: string }

interface Job {
  request: ThreadRequest
  resolve(decoded: DecodedBody): void
  reject(error: unknown): void
}

export function columnarThreads(options: ColumnarThreadsOptions): ColumnarThreads {
  assert(options.threadsMax >= 1 && options.waitingMax >= 0, 'at least one thread decodes')
  const idle: Worker[] = []
  const running = new Map<Worker, Job>()
  const waiting: Job[] = []
  let closed = false

  function begin(job: Job): void {
    const worker = idle.pop() ?? spawn(options)
    running.set(worker, job)
    ask(worker, job, options.timeMsMax).then(worthKeeping => {
      running.delete(worker)
      if (worthKeeping && !closed) idle.push(worker)
      else void worker.terminate()
      const next = waiting.shift()
      if (next) begin(next)
    })
  }

  return {
    decode(format, body) {
      const { inflatedBytesMax, eventDepthMax } = options
      const request = { format, body, inflatedBytesMax, eventDepthMax }
      return new Promise((resolve, reject) => {
        if (closed) return reject(closing())
        const job = { request, resolve, reject }
        if (running.size < options.threadsMax) return begin(job)
        if (waiting.length >= options.waitingMax) return reject(queueFull(waiting.length))
        waiting.push(job)
      })
    },
    async close() {
      closed = true
      for (const job of [...waiting.splice(0), ...running.values()]) job.reject(closing())
      await Promise.all([...idle.splice(0), ...running.keys()].map(worker => worker.terminate()))
    },
  }
}

function spawn({ entry, zstdWasm, heapBytesMax }: ColumnarThreadsOptions): Worker {
  const worker = new Worker(entry, {
    workerData: { zstdWasm },
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytesMax / 2 ** 20) },
  })
  // An idle thread must not keep the process alive.
  worker.unref()
  return worker
}

/** Settles the job. @returns whether the thread can be asked again */
function ask(worker: Worker, job: Job, timeMsMax: number): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (worthKeeping: boolean, act: () => void) => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onExit)
      worker.unref()
      act()
      resolve(worthKeeping)
    }
    const onMessage = (reply: ThreadReply) => {
      if ('decoded' in reply) settle(true, () => job.resolve(reply.decoded))
      else if ('refused' in reply)
        settle(true, () => job.reject(new Refused(reply.refused.code, reply.refused.message)))
      else settle(false, () => job.reject(new Error(`columnar decoder: ${reply.failed}`)))
    }
    const onError = (error: Error & { code?: string }) =>
      settle(false, () => job.reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory() : error))
    const onExit = () => settle(false, () => job.reject(closing()))
    const timer = setTimeout(() => settle(false, () => job.reject(tookTooLong(timeMsMax))), timeMsMax)
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onExit)
    worker.ref()
    worker.postMessage(job.request)
  })
}

function queueFull(waitingCount: number): Refused {
  return new Refused('queue_full', `${waitingCount} columnar bodies wait to be decoded already: try again`, {
    retryAfterSeconds: 1,
  })
}

function tookTooLong(timeMsMax: number): Refused {
  return new Refused(
    'timeout',
    `the body took more than ${timeMsMax / 1000} s to decode: send it in smaller files`,
  )
}

function outOfMemory(): Refused {
  return new Refused(
    'body_too_large',
    'the body needs more memory to decode than there is: send it in smaller files',
  )
}

function closing(): Refused {
  return new Refused('not_ready', 'the service is stopping: try again', { retryAfterSeconds: 1 })
}
