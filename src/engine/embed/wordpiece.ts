// The typed face of wasm/embed/wordpiece.ts: texts as the tokens that a model's vocabulary cuts them into.

import { type TextColumn, textCountOf } from '../../base/text-column.ts'
import { demandTexts, type HeldEmbedModel, layTexts } from './memory.ts'

/** Stands for a word that no pieces of the vocabulary make up. */
export const unknownToken = 0xffff_ffff

/**
 * Cuts texts into word pieces as BERT's uncased tokenizer does (Schuster, Nakajima 2012; Devlin et al. 2018), without its
 * special tokens: "[SEP]" in a text is three words like any others.
 *
 * @returns of each text its tokens, u32[at most tokensMax]: rows of the model, or `unknownToken`
 * @throws BadInput for offsets that don't fit
 */
export function tokenizeTexts(held: HeldEmbedModel, texts: TextColumn): Uint32Array[] {
  demandTexts(texts)
  const { kernels, regions, tokensMax } = held
  const { arena, call } = kernels
  const all: Uint32Array[] = []
  const count = textCountOf(texts)
  for (let first = 0; first < count; ) {
    const until = layTexts(held, texts, first)
    const starts = arena.u32(regions.starts)
    for (let i = 0; i < until - first; i++) {
      const [from, end] = [regions.texts.at + starts[i]!, regions.texts.at + starts[i + 1]!]
      const { model, tokens, scratch } = regions
      const found = call.wordpieceTokenize(model.at, from, end, tokens.at, tokensMax, scratch.at)
      all.push(arena.u32(tokens).slice(0, found))
    }
    first = until
  }
  return all
}
