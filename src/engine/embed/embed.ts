// The typed face of wasm/embed/embed.ts: what texts mean, as the sum of what their tokens mean.

import { type TextColumn, textCountOf } from '../../base/text-column.ts'
import { demandTexts, type HeldEmbedModel, layTexts } from './memory.ts'

export interface EmbeddedTexts {
  /** f32[texts × dims], each of length 1, or zeros where `empty` says so */
  vectors: Float32Array
  /** u8[texts]: 1 for a text without a word that the model knows. It is near nothing, and must not be searched by */
  empty: Uint8Array
  /** u32[texts]: tokens that were read, unknown ones counted in; `tokensMax` where the text went on */
  tokenCounts: Uint32Array
}

/**
 * Embeds texts by a static model (Model2Vec, Tulkens and van Dongen 2024). Every sum is one of whole numbers, so the same
 * text gives the same bits on every machine. Time O(bytes + tokens × dims).
 *
 * @throws BadInput for offsets that don't fit
 */
export function embedTexts(held: HeldEmbedModel, texts: TextColumn): EmbeddedTexts {
  demandTexts(texts)
  const { kernels, regions, tokensMax, dims } = held
  const count = textCountOf(texts)
  const embedded = {
    vectors: new Float32Array(count * dims),
    empty: new Uint8Array(count),
    tokenCounts: new Uint32Array(count),
  }
  const { model, texts: data, starts, vectors, counts, tokens, scratch, sums } = regions
  for (let first = 0; first < count; ) {
    const until = layTexts(held, texts, first)
    kernels.call.embed(
      model.at,
      data.at,
      starts.at,
      until - first,
      vectors.at,
      counts.at,
      tokensMax,
      tokens.at,
      scratch.at,
      sums.at,
    )
    keepChunk(held, embedded, first, until)
    first = until
  }
  return embedded
}

function keepChunk(
  { kernels, regions, dims }: HeldEmbedModel,
  embedded: EmbeddedTexts,
  first: number,
  until: number,
): void {
  const vectors = kernels.arena.f32(regions.vectors)
  embedded.vectors.set(vectors.subarray(0, (until - first) * dims), first * dims)
  const counts = kernels.arena.u32(regions.counts)
  for (let text = first; text < until; text++) {
    embedded.tokenCounts[text] = counts[2 * (text - first)]!
    embedded.empty[text] = Number(counts[2 * (text - first) + 1] === 0)
  }
}
