// Rankings by words and by meaning as the service makes them, all texts in one run and every vector looked at, and both fused
// by the service's own rule.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { onnxEmbedder } from '../../src/adapters/embedder-onnx.ts'
import { staticEmbedder } from '../../src/adapters/embedder-static.ts'
import { textColumn } from '../../src/base/text-column.ts'
import type { Fusion } from '../../src/contract/knowledge.ts'
import type { EmbedExports } from '../../src/engine/embed/memory.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import type { Embedder } from '../../src/ports/embedder.ts'
import { type Candidate, fuse } from '../../src/query/search/fuse.ts'
import { plainWordsQuery } from '../../src/segment/words/query.ts'
import type { RetrievalSet } from './retrieval-sets.ts'
import { askWords, indexWords } from './words-alluvium.ts'

/** Of one query, best first. */
export type Ranking = readonly { text: number; score: number }[]

/** As many texts as the service lets each of its two rankings bring. */
const candidatesMax = 128

/** A query is text that somebody wrote: its signs are no operators. */
export async function rankByWords({ texts, queries }: RetrievalSet): Promise<Ranking[]> {
  const run = await indexWords(texts)
  return Promise.all(
    queries.map(async ({ text }) => {
      const found = await askWords(run, plainWordsQuery(text), candidatesMax)
      return Array.from(found.texts, (id, i) => ({ text: id, score: found.scores[i]! }))
    }),
  )
}

export async function rankByMeaning(
  { texts, queries }: RetrievalSet,
  embedder: Embedder,
): Promise<Ranking[]> {
  const vectors = await embedAll(texts, embedder)
  const asked = await embedAll(
    queries.map(({ text }) => text),
    embedder,
  )
  return asked.map(query =>
    vectors
      .flatMap((vector, text) => (query && vector ? [{ text, score: dot(query, vector) }] : []))
      .sort((left, right) => right.score - left.score || left.text - right.text)
      .slice(0, candidatesMax),
  )
}

/** @returns undefined for a text without meaning, which is neither indexed nor searched by */
async function embedAll(texts: readonly string[], embedder: Embedder): Promise<(Float32Array | undefined)[]> {
  const all: (Float32Array | undefined)[] = []
  for (let start = 0; start < texts.length; start += embedder.batchTextsMax) {
    const batch = texts.slice(start, start + embedder.batchTextsMax)
    const { vectors, empty } = await embedder.embed(textColumn(batch))
    for (let i = 0; i < batch.length; i++)
      all.push(empty[i] ? undefined : vectors.slice(i * embedder.dims, (i + 1) * embedder.dims))
  }
  return all
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!
  return sum
}

export function fuseRankings(words: Ranking, meaning: Ranking, fusion: Fusion): Ranking {
  const found = new Map<number, Candidate>()
  const of = (text: number) => {
    const known = found.get(text) ?? { hash: BigInt(text) }
    found.set(text, known)
    return known
  }
  for (const [i, { text, score }] of words.entries()) of(text).words = { rank: i + 1, score }
  for (const [i, { text, score }] of meaning.entries()) of(text).vector = { rank: i + 1, similarity: score }
  return fuse(found.values(), fusion).map(({ hash, score }) => ({ text: Number(hash), score }))
}

export function ourModel(): Embedder {
  const kernels = startKernels<EmbedExports>(
    new WebAssembly.Module(readFileSync(resolve('dist/wasm/engine.wasm'))),
  )
  return staticEmbedder(kernels, readFileSync(resolve('models/static-minilm-256/model.bin')))
}

/** @param folder  as `models/make/minilm_onnx.py` makes it */
export function transformer(folder: string): Promise<Embedder> {
  return onnxEmbedder({ path: resolve(folder), pooling: 'auto', tokens_max: 256, run_tokens_max: 512 })
}
