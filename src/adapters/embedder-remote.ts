// The embedder that is a server elsewhere, by OpenAI's embeddings call. What has no text is not sent, what is too long is
// sent by its beginning, and vectors are made to length 1 whatever the server gives.

import { assert } from '../base/assert.ts'
import { fromUtf8 } from '../base/bytes.ts'
import { type TextColumn, textCountOf } from '../base/text-column.ts'
import type { RemoteConfig } from '../contract/embedder.ts'
import type { Clock } from '../ports/clock.ts'
import type { Embedder } from '../ports/embedder.ts'
import { type BreakerState, CircuitBreaker } from './embedder-remote-breaker.ts'
import { callRemote, type RemoteServer } from './embedder-remote-call.ts'
import { toUnitLength } from './unit-length.ts'

/** A call that fails has no vector at all, so a call is some requests at most. */
const batchTextsMax = 512

export interface RemoteOptions {
  /** with `url`, `model` and `dims` */
  config: RemoteConfig
  /** the API key itself */
  key?: string | undefined
  clock: Clock
  /** 0 ≤ x < 1: pauses are drawn by it */
  random: () => number
}

export interface RemoteEmbedder extends Embedder {
  /** how the server is thought of */
  readonly breakerState: BreakerState
}

/** Its id names the model and its dims: what the model holds can't be seen from here, and its name must stand for it. */
export function remoteEmbedder(options: RemoteOptions): RemoteEmbedder {
  const { config } = options
  const server = serverOf(options)
  const { model, dims } = server
  return {
    id: `${model}@remote-${dims}`,
    dims,
    batchTextsMax,
    get breakerState() {
      return server.breaker.state
    },
    async embed(texts, { signal } = {}) {
      const count = textCountOf(texts)
      assert(count <= batchTextsMax, 'no more texts than a call takes')
      signal?.throwIfAborted()
      const vectors = new Float32Array(count * dims)
      const empty = new Uint8Array(count).fill(1)
      let tokenCount = 0
      for (const { rows, inputs } of requestsOf(texts, config)) {
        const answer = await callRemote(server, inputs, signal)
        for (const [i, row] of rows.entries()) {
          const vector = vectors.subarray(row * dims, (row + 1) * dims)
          vector.set(answer.vectors.subarray(i * dims, (i + 1) * dims))
          empty[row] = toUnitLength(vector) === 0 ? 1 : 0
        }
        tokenCount += answer.tokenCount
      }
      return { vectors, empty, tokenCount }
    },
  }
}

function serverOf({ config, key, clock, random }: RemoteOptions): RemoteServer {
  const { url, model, dims } = config
  assert(url !== undefined && model !== undefined && dims !== undefined, 'a server that is configured')
  return {
    url: `${url.replace(/\/+$/, '')}/embeddings`,
    model,
    dims,
    key,
    clock,
    random,
    asksDims: config.dims_from === 'request',
    timeoutMs: 1000 * config.timeout_seconds,
    retriesMax: config.retries_max,
    retryMs: 1000 * config.retry_seconds,
    retryMsMax: 1000 * config.retry_seconds_max,
    breaker: new CircuitBreaker({
      failuresMax: config.breaker_failures,
      restMs: 1000 * config.breaker_seconds,
      clock,
    }),
  }
}

interface Request {
  /** which texts of the call these are */
  rows: number[]
  inputs: string[]
}

/** Texts in their order, as many to a request as its bounds allow; one alone may be larger than they are. */
function* requestsOf(
  texts: TextColumn,
  bounds: Pick<RemoteConfig, 'request_texts_max' | 'request_bytes_max' | 'text_bytes_max'>,
): Generator<Request> {
  let request: Request = { rows: [], inputs: [] }
  let byteCount = 0
  for (let row = 0; row < textCountOf(texts); row++) {
    const start = texts.offsets[row]!
    const end = Math.min(texts.offsets[row + 1]!, start + bounds.text_bytes_max)
    // A sequence cut in its middle is no UTF-8 any more, and goes with what was none before.
    const input = fromUtf8(texts.data.subarray(start, end)).replaceAll('\ufffd', '')
    if (input.trim() === '') continue
    const isFull =
      request.rows.length === bounds.request_texts_max || byteCount + end - start > bounds.request_bytes_max
    if (isFull && request.rows.length > 0) {
      yield request
      request = { rows: [], inputs: [] }
      byteCount = 0
    }
    request.rows.push(row)
    request.inputs.push(input)
    byteCount += end - start
  }
  if (request.rows.length > 0) yield request
}
