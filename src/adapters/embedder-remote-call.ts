// One request to an OpenAI-compatible server, sent again while that may help: after 408, 429, 5xx, a broken line and a
// time that ran out. Pauses grow exponentially with full jitter (Brooker, "Exponential backoff and jitter", 2015), and
// what the server asks for by Retry-After is kept. The breaker decides whether it is asked at all.

import { concat, fromUtf8 } from '../base/bytes.ts'
import type { Clock } from '../ports/clock.ts'
import { EmbedError } from '../ports/embedder.ts'
import { BadAnswer, type RemoteAnswer, readAnswer } from './embedder-remote-answer.ts'
import type { CircuitBreaker } from './embedder-remote-breaker.ts'

export interface RemoteServer {
  /** of the embeddings call itself */
  url: string
  model: string
  dims: number
  /** whether the server is asked to shorten its vectors to `dims` */
  asksDims: boolean
  key?: string | undefined
  timeoutMs: number
  retriesMax: number
  /** below which the first pause is drawn; it doubles with each */
  retryMs: number
  retryMsMax: number
  breaker: CircuitBreaker
  clock: Clock
  /** 0 ≤ x < 1 */
  random: () => number
}

/** A server that asks to be left alone for longer is asked again after this. */
const restMsMax = 600_000
/** Of a vector's component in JSON, with all digits that a double may have and room for white space. */
const componentBytesMax = 32
const answerRestBytesMax = 1024 * 1024
const reasonCharsMax = 200

/**
 * @throws EmbedError  transient when trying again later may help
 * @throws the signal's reason once it is aborted
 */
export async function callRemote(
  server: RemoteServer,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<RemoteAnswer> {
  const { model, dims, asksDims, retriesMax, retryMs, retryMsMax, breaker, clock, random } = server
  const body = JSON.stringify({
    model,
    input: texts,
    encoding_format: 'float',
    ...(asksDims && { dimensions: dims }),
  })
  for (let attempt = 0; ; attempt++) {
    const error = await tryOnce(server, { body, textCount: texts.length, signal })
    if (!(error instanceof EmbedError)) return error
    const askedMs = error.retryMs ?? 0
    if (askedMs > retryMsMax) breaker.rest(Math.min(askedMs, restMsMax))
    if (!error.isTransient || attempt >= retriesMax || askedMs > retryMsMax) throw error
    const mostMs = Math.min(retryMsMax, retryMs * 2 ** attempt)
    await pause(Math.max(askedMs, Math.round(random() * mostMs)), { clock, signal })
  }
}

interface Attempt {
  body: string
  textCount: number
  signal: AbortSignal | undefined
}

/** @returns the answer, or what is wrong with the server. @throws what ends all attempts */
async function tryOnce(server: RemoteServer, attempt: Attempt): Promise<RemoteAnswer | EmbedError> {
  const { breaker, clock, timeoutMs } = server
  const { signal } = attempt
  signal?.throwIfAborted()
  const leftMs = breaker.admit()
  if (leftMs > 0) throw resting(server, leftMs)
  const ended = new AbortController()
  const end = () => ended.abort(signal?.reason)
  const cancelTimer = clock.after(timeoutMs, () => ended.abort(timedOut))
  signal?.addEventListener('abort', end, { once: true })
  try {
    return await exchange(server, attempt, ended.signal)
  } catch (cause) {
    if (signal?.aborted) {
      breaker.abandoned()
      throw signal.reason
    }
    breaker.failed()
    const reason = ended.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : 'it can’t be reached'
    return new EmbedError(server.model, `${reason} (${server.url})`, { isTransient: true, cause })
  } finally {
    cancelTimer()
    signal?.removeEventListener('abort', end)
  }
}

const timedOut = new Error('timed out')

/** @throws whatever `fetch` throws when the line breaks or is cut */
async function exchange(
  server: RemoteServer,
  { body, textCount }: Attempt,
  signal: AbortSignal,
): Promise<RemoteAnswer | EmbedError> {
  const { url, key, dims, breaker } = server
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body,
    signal,
    // To follow one would hand texts and key to an address that nobody configured.
    redirect: 'manual',
  })
  const bytes = await readBounded(response, answerRestBytesMax + textCount * dims * componentBytesMax)
  if (response.status !== 200) return refusedBy(server, response, bytes)
  try {
    if (bytes === undefined) throw new BadAnswer('it is far larger than its vectors')
    const answer = readAnswer(bytes, { textCount, dims })
    breaker.succeeded()
    return answer
  } catch (cause) {
    if (!(cause instanceof BadAnswer)) throw cause
    breaker.failed()
    const { isTransient } = cause
    return new EmbedError(server.model, `${url} gave an answer of no use: ${cause.message}`, {
      isTransient,
      cause,
    })
  }
}

function refusedBy(server: RemoteServer, response: Response, bytes: Uint8Array | undefined): EmbedError {
  const { breaker, clock, model, url, key } = server
  const { status } = response
  const isFailing = status >= 500 || status === 408
  if (isFailing) breaker.failed()
  else if (status === 429) breaker.abandoned()
  else breaker.succeeded() // it refuses this request, and is well
  const said = fromUtf8(bytes ?? new Uint8Array()).replaceAll(/\s+/g, ' ')
  const reason = (key ? said.replaceAll(key, '…') : said).slice(0, reasonCharsMax)
  return new EmbedError(model, `${url} answered ${status}: ${reason}`, {
    isTransient: isFailing || status === 429,
    retryMs: retryAfterMs(response.headers.get('retry-after'), clock.nowMs()),
  })
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value.trim()) ? 1000 * Number(value) : Date.parse(value) - nowMs
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

function resting({ model, url }: RemoteServer, leftMs: number): EmbedError {
  const seconds = Math.ceil(leftMs / 1000)
  return new EmbedError(model, `${url} kept failing and is left alone for ${seconds} s`, {
    isTransient: true,
    retryMs: leftMs,
  })
}

/** @returns undefined when there is more */
async function readBounded({ body }: Response, bytesMax: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let byteCount = 0
  const reader = body?.getReader()
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    if (done) return concat(chunks)
    byteCount += value.length
    if (byteCount > bytesMax) {
      // Nobody waits for it to end: that may take as long as the server likes.
      reader?.cancel().catch(() => undefined)
      return undefined
    }
    chunks.push(value)
  }
}

/** @throws the signal's reason as soon as it is aborted */
function pause(
  ms: number,
  { clock, signal }: { clock: Clock; signal: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      act()
    }
    const onAbort = () => settle(() => reject(signal!.reason))
    const cancel = clock.after(ms, () => settle(resolve))
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
  })
}
