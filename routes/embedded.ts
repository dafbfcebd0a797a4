// From texts to the answer of an embeddings call, a slice at a time, with a turn for other requests between slices; who
// has gone by then is embedded for no more. The static model takes microseconds for a text, so it runs in the thread that
// answers: carrying texts to another thread and vectors back, with 10 MB for a model there, would cost more than it spares.

import { toBase64, toUtf8 } from '../src/base/bytes.ts'
import { textColumn } from '../src/base/text-column.ts'
import type { Embedder } from '../src/ports/embedder.ts'

/** Together some milliseconds of work at most. */
const sliceTextsMax = 256
const sliceCharsMax = 256 * 1024
/** Writing a vector as decimal numbers takes longer than making it. */
const sliceVectorsMax = 64

export interface Vectors {
  /** f32[texts × dims] */
  vectors: Float32Array
  dims: number
  tokenCount: number
}

export interface Asking {
  /** aborted when nobody waits for the answer any more */
  signal: AbortSignal
  /** resolves when this thread may go on */
  pause: () => Promise<void>
}

/** @throws the signal's reason; what the embedder throws */
export async function embedInSlices(
  embedder: Embedder,
  texts: readonly string[],
  { signal, pause }: Asking,
): Promise<Vectors> {
  const { dims } = embedder
  const textsMax = Math.min(sliceTextsMax, embedder.batchTextsMax)
  const vectors = new Float32Array(texts.length * dims)
  let tokenCount = 0
  for (let first = 0; first < texts.length; ) {
    if (first > 0) await pause()
    const until = sliceEnd(texts, first, textsMax)
    const slice = await embedder.embed(textColumn(texts.slice(first, until)), { signal })
    vectors.set(slice.vectors, first * dims)
    tokenCount += slice.tokenCount
    first = until
  }
  return { vectors, dims, tokenCount }
}

function sliceEnd(texts: readonly string[], first: number, textsMax: number): number {
  const last = Math.min(texts.length, first + textsMax)
  let until = first + 1
  let chars = texts[first]!.length
  while (until < last && (chars += texts[until]!.length) <= sliceCharsMax) until++
  return until
}

/** Cuts vectors to their first components and makes them of length 1 again; zeros stay zeros. */
export function shortened({ vectors, dims, tokenCount }: Vectors, dimsKept: number): Vectors {
  if (dimsKept === dims) return { vectors, dims, tokenCount }
  const count = vectors.length / dims
  const kept = new Float32Array(count * dimsKept)
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * dims, i * dims + dimsKept)
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1
    for (let j = 0; j < dimsKept; j++) kept[i * dimsKept + j] = vector[j]! / length
  }
  return { vectors: kept, dims: dimsKept, tokenCount }
}

export interface AnswerForm {
  model: string
  encoding: 'float' | 'base64'
  pause: () => Promise<void>
}

/** The answer as bytes, made no further ahead than they are taken. */
export function answerStream(
  { vectors, dims, tokenCount }: Vectors,
  { model, encoding, pause }: AnswerForm,
): ReadableStream<Uint8Array> {
  const write = encoding === 'base64' ? base64Text : floatText
  const count = vectors.length / dims
  let first = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (first > 0) await pause()
        let text = first === 0 ? '{"object":"list","data":[' : ''
        const until = Math.min(count, first + sliceVectorsMax)
        for (; first < until; first++) {
          const embedding = write(vectors.subarray(first * dims, (first + 1) * dims))
          text += `${first > 0 ? ',' : ''}{"object":"embedding","index":${first},"embedding":${embedding}}`
        }
        if (first < count) return controller.enqueue(toUtf8(text))
        const usage = { prompt_tokens: tokenCount, total_tokens: tokenCount }
        controller.enqueue(
          toUtf8(`${text}],"model":${JSON.stringify(model)},"usage":${JSON.stringify(usage)}}`),
        )
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function floatText(vector: Float32Array): string {
  return `[${vector.join()}]`
}

/** f32, little end first, as OpenAI's clients read it. */
function base64Text(vector: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(4 * vector.length))
  for (const [i, value] of vector.entries()) bytes.setFloat32(4 * i, value, true)
  return `"${toBase64(new Uint8Array(bytes.buffer))}"`
}
