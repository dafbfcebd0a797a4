// The embedder that is always there: a static model over the kernels, in this thread, without network or key. It answers at
// once; the promise is for those that can't.

import { assert } from '../base/assert.ts'
import { textCountOf } from '../base/text-column.ts'
import { embedTexts } from '../engine/embed/embed.ts'
import { type EmbedExports, type HoldOptions, holdEmbedModel } from '../engine/embed/memory.ts'
import type { Kernels } from '../engine/kernels.ts'
import type { Embedder } from '../ports/embedder.ts'

/** Some tens of milliseconds, in which this thread does nothing else. */
const batchTextsMax = 4096

/**
 * @param kernels  of an instance whose memory the model may stay in: about the file's size and 1.5 MB
 * @param model    the bytes of a model's file; they may be let go afterwards
 * @throws BadInput when they are no sound model
 * @throws OutOfMemory when the instance can't hold it
 */
export function staticEmbedder(
  kernels: Kernels<EmbedExports>,
  model: Uint8Array,
  options: HoldOptions = {},
): Embedder {
  const held = holdEmbedModel(kernels, model, options)
  return {
    id: held.id,
    dims: held.dims,
    batchTextsMax,
    async embed(texts, { signal } = {}) {
      assert(textCountOf(texts) <= batchTextsMax, 'no more texts than a call takes')
      signal?.throwIfAborted()
      const { vectors, empty, tokenCounts } = embedTexts(held, texts)
      return { vectors, empty, tokenCount: tokenCounts.reduce((sum, count) => sum + count, 0) }
    },
  }
}
