// What turns texts into vectors: a static model in this process, a transformer, or a service elsewhere. Vectors compare only
// where they come from one model, so whoever keeps a vector keeps the id of its embedder beside it.

import type { TextColumn } from '../base/text-column.ts'

export interface Embedder {
  /** the model, by name and content: two embedders of one id give the same vectors */
  readonly id: string
  readonly dims: number
  /** texts of one call */
  readonly batchTextsMax: number
  /**
   * Embeds texts, in their order. What is no UTF-8 in a text is left out of it; a text that is too long counts by its
   * beginning. Calls may overlap. It may detach nothing of what it is given, and keeps nothing of it.
   *
   * @param texts  at most `batchTextsMax`
   * @throws AssertionError for more texts than that
   * @throws EmbedError when the world is at fault; then no text of the call has a vector
   */
  embed(texts: TextColumn, options?: { signal?: AbortSignal }): Promise<Embedded>
}

export interface Embedded {
  /** f32[texts × dims]: each of length 1, or zeros where `empty` says so */
  vectors: Float32Array
  /** u8[texts]: 1 for a text without meaning, such as one without words. It must be neither indexed nor searched by */
  empty: Uint8Array
  /** of all texts, as the model counts them: what it read */
  tokenCount: number
}

/** The world's fault: which embedder, why, and whether to try again. */
export class EmbedError extends Error {
  override name = 'EmbedError'
  readonly isTransient: boolean
  /** how long the embedder wants to be left alone, where it knows */
  readonly retryMs: number | undefined

  constructor(
    embedder: string,
    reason: string,
    {
      cause,
      isTransient = false,
      retryMs,
    }: { cause?: unknown; isTransient?: boolean; retryMs?: number | undefined } = {},
  ) {
    super(`embedder ${embedder}: ${reason}`, { cause })
    this.isTransient = isTransient
    this.retryMs = retryMs
  }
}
