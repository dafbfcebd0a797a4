// The answer of an OpenAI-compatible server, read with suspicion: vectors of another size, a number that is none or a text
// left out would poison an index without a word.

import { fromUtf8 } from '../base/bytes.ts'

export interface RemoteAnswer {
  /** f32[texts × dims], in the order of the texts, as the server made them */
  vectors: Float32Array
  /** 0 where the server doesn't count */
  tokenCount: number
}

/** @throws BadAnswer saying what is wrong with it */
export function readAnswer(
  bytes: Uint8Array,
  { textCount, dims }: { textCount: number; dims: number },
): RemoteAnswer {
  const { data, usage } = parsed(bytes)
  if (!Array.isArray(data)) throw new BadAnswer('it has no list `data`')
  if (data.length !== textCount) throw new BadAnswer(`it has ${data.length} vectors for ${textCount} texts`)
  const vectors = new Float32Array(textCount * dims)
  const seen = new Uint8Array(textCount)
  for (const [place, item] of data.entries()) {
    const { index = place, embedding } = (item ?? {}) as { index?: unknown; embedding?: unknown }
    const row = typeof index === 'number' ? index : -1
    if (seen[row] !== 0)
      throw new BadAnswer(`data[${place}].index is ${row}: expected each of the texts once`)
    seen[row] = 1
    readVector(embedding, vectors.subarray(row * dims, (row + 1) * dims), place)
  }
  const { prompt_tokens: tokens } = (usage ?? {}) as { prompt_tokens?: unknown }
  return { vectors, tokenCount: typeof tokens === 'number' && tokens > 0 ? Math.floor(tokens) : 0 }
}

/** It is transient where it looks like an answer that was cut off, or a gateway's page, on its way. */
export class BadAnswer extends Error {
  override name = 'BadAnswer'
  readonly isTransient: boolean

  constructor(
    message: string,
    { isTransient = false, cause }: { isTransient?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.isTransient = isTransient
  }
}

function parsed(bytes: Uint8Array): { data?: unknown; usage?: unknown } {
  try {
    return (JSON.parse(fromUtf8(bytes)) ?? {}) as object
  } catch (cause) {
    throw new BadAnswer('it is no JSON', { isTransient: true, cause })
  }
}

function readVector(embedding: unknown, vector: Float32Array, place: number): void {
  if (!Array.isArray(embedding)) throw new BadAnswer(`data[${place}].embedding is no list of numbers`)
  if (embedding.length !== vector.length) {
    throw new BadAnswer(
      `data[${place}].embedding has ${embedding.length} components: expected ${vector.length}`,
    )
  }
  for (let i = 0; i < vector.length; i++) {
    const value: unknown = embedding[i]
    // null is how JSON writes NaN; and what overflows a float of 32 bits is infinite there
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
      throw new BadAnswer(
        `data[${place}].embedding[${i}] is ${JSON.stringify(value)}: expected a 32-bit float`,
      )
    }
    vector[i] = value
  }
}
