// Reads a request body as it comes, counting. Nothing is trusted: neither the length that was announced, nor that the
// compressed bytes stay small, nor that the sender goes on sending. Memory grows with what has arrived, never with what
// was promised, and small chunks cost no more than large ones.

import { Refused } from '../src/contract/refused.ts'
import type { ContentEncoding } from '../src/ports/inflate.ts'
import type { AppState } from './context.ts'
import type { Hold } from './intake.ts'

/** Sent bytes from which on the ratio counts: small bodies may compress as well as they like. */
const ratioFreeBytes = 64 * 1024
const firstBytes = 64 * 1024
const growthFactor = 4

export interface BodyRequest {
  request: Request
  encoding: ContentEncoding | undefined
  hold: Hold
  /** told the bytes sent so far, compressed as they came */
  onSent: (sentBytes: number) => void
}

/**
 * @returns the body, decompressed; it owns its ArrayBuffer, so that it can be transferred to a thread
 * @throws Refused body_too_large, bad_content_encoding, bad_request (cut off), timeout, queue_full
 */
export async function readBody(
  app: AppState,
  { request, encoding, hold, onSent }: BodyRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  const { limits, inflate, clock } = app
  const announced = announcedBytes(request)
  if (announced !== undefined && announced > limits.body_bytes_max) throw tooLarge(limits.body_bytes_max)
  if (!request.body) return new Uint8Array(0)

  let sentBytes = 0
  let refusal: Refused | undefined
  const refuse = (refused: Refused) => (refusal ??= refused)
  const count = (chunkBytes: number) => {
    sentBytes += chunkBytes
    onSent(sentBytes)
    if (sentBytes > limits.body_bytes_max) throw refuse(tooLarge(limits.body_bytes_max))
  }
  const stream = encoding ? inflate.inflate(encoding, counted(request.body, count)) : request.body
  const reader = stream.getReader()
  const cancelDeadline = clock.after(limits.request_seconds * 1000, () => {
    refuse(new Refused('timeout', `the body did not arrive within ${limits.request_seconds} seconds`))
    void reader.cancel().catch(() => {}) // the sender is gone already: nothing is left to cancel
  })
  const body = growing(hold, encoding ? undefined : announced)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (refusal) throw refusal
      if (done) return body.finish()
      if (encoding) checkInflated(body.length + value.byteLength, sentBytes, limits)
      else count(value.byteLength)
      body.append(value)
    }
  } catch (thrown) {
    void reader.cancel().catch(() => {}) // a stream that has failed can't be cancelled; one that hasn't, stops here
    throw refusal ?? (thrown instanceof Refused ? thrown : cutOff(encoding, thrown))
  } finally {
    cancelDeadline()
  }
}

/** The length that the sender announced, when it is a number. */
export function announcedBytes(request: Request): number | undefined {
  const header = request.headers.get('content-length')
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}

/** The compressed bytes on their way to the inflater, no further ahead than it asks. */
function counted(
  body: ReadableStream<Uint8Array>,
  onChunk: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        try {
          onChunk(value.byteLength)
        } catch (refused) {
          void reader.cancel().catch(() => {}) // see readBody
          throw refused
        }
        controller.enqueue(value)
      },
      cancel: reason => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

function checkInflated(inflatedBytes: number, sentBytes: number, limits: AppState['limits']): void {
  if (inflatedBytes > limits.body_inflated_bytes_max) {
    throw new Refused(
      'body_too_large',
      `decompressed, the body is larger than ${limits.body_inflated_bytes_max} bytes`,
    )
  }
  if (inflatedBytes > ratioFreeBytes && inflatedBytes > sentBytes * limits.inflate_ratio_max) {
    throw new Refused(
      'body_too_large',
      `the body decompresses to more than ${limits.inflate_ratio_max} times what was sent`,
    )
  }
}

function tooLarge(bytesMax: number): Refused {
  return new Refused(
    'body_too_large',
    `the body is larger than ${bytesMax} bytes; send it in several requests`,
  )
}

function cutOff(encoding: ContentEncoding | undefined, thrown: unknown): Refused {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return encoding
    ? new Refused('bad_content_encoding', `the body is not a whole ${encoding} stream: ${reason}`)
    : new Refused('bad_request', `the body broke off: ${reason}`)
}

/** Bytes in one buffer that grows as they come; at its full length at once when that is known. */
function growing(hold: Hold, expectedBytes: number | undefined) {
  let buffer = new Uint8Array(0)
  let length = 0
  return {
    get length() {
      return length
    },
    append(chunk: Uint8Array) {
      const needed = length + chunk.byteLength
      if (needed > buffer.length) {
        const roomy = Math.max(firstBytes, buffer.length * growthFactor)
        const next = Math.max(needed, expectedBytes === undefined ? roomy : Math.min(roomy, expectedBytes))
        hold.resize(next)
        const larger = new Uint8Array(next)
        larger.set(buffer.subarray(0, length))
        buffer = larger
      }
      buffer.set(chunk, length)
      length = needed
    },
    finish(): Uint8Array<ArrayBuffer> {
      if (length < buffer.length) buffer = buffer.slice(0, length)
      hold.resize(length)
      return buffer
    },
  }
}
