import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { textColumn } from '../../../src/base/text-column.ts'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { embedTexts } from '../../../src/engine/embed/embed.ts'
import { chunkTextsMax, type EmbedExports, holdEmbedModel } from '../../../src/engine/embed/memory.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { binaries } from '../binaries.ts'
import { modelFile } from './model-file.ts'
import { meaningOf } from './twins/wordpiece.ts'

interface Golden {
  model: string
  texts: { text: string; times: number; tokens: number; vector: number[] }[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/embed.json', import.meta.url), 'utf8'))

describe.each(binaries)('static embeddings by $name', ({ module }) => {
  const held = holdEmbedModel(startKernels<EmbedExports>(module), modelFile)
  const vectorsOf = (texts: string[]) => {
    const { vectors } = embedTexts(held, textColumn(texts))
    return texts.map((_, i) => Array.from(vectors.subarray(i * held.dims, (i + 1) * held.dims)))
  }

  it('are those of an implementation in Python', () => {
    expect(held.id).toBe(golden.model)
    const texts = textColumn(golden.texts.map(({ text, times }) => text.repeat(times)))
    const { vectors, tokenCounts, empty } = embedTexts(held, texts)
    for (const [i, { text, tokens, vector }] of golden.texts.entries()) {
      expect(tokenCounts[i], text).toBe(tokens)
      expect(empty[i], text).toBe(Number(vector.every(value => value === 0)))
      for (const [dim, value] of vector.entries())
        expect(Math.abs(vectors[i * held.dims + dim]! - value), text).toBeLessThan(1e-6)
    }
  })

  it('are those of the plain twin, over more than one chunk', () => {
    const words = ['gold', 'sand', 'Größe', '漢', 'embedding', '👍', 'the', '']
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed)
      const texts = Array.from({ length: chunkTextsMax + 200 }, () =>
        Array.from({ length: random() * 4 }, () => words[Math.floor(random() * words.length)]).join(' '),
      )
      const found = vectorsOf(texts)
      for (let i = 0; i < texts.length; i += 7) {
        const wanted = meaningOf(modelFile, texts[i]!)
        const miss = Math.max(...wanted.map((value, dim) => Math.abs(value - found[i]![dim]!)))
        expect(miss, `seed ${seed}: ${texts[i]}`).toBeLessThan(1e-6)
      }
    }
  })

  it('do not depend on the texts beside them', () => {
    const texts = ['one', '', 'x'.repeat(200_000), 'two 漢字', 'y '.repeat(100_000), 'three']
    const together = vectorsOf(texts)
    texts.forEach((text, i) => {
      expect(together[i], text.slice(0, 20)).toEqual(vectorsOf([text])[0])
    })
  })

  it('count tokens, and tell texts that have none that is known', () => {
    const texts = textColumn(['gold', '', 'x'.repeat(101), 'gold '.repeat(600)])
    const { tokenCounts, empty } = embedTexts(held, texts)
    expect([...tokenCounts]).toEqual([1, 0, 1, 512])
    expect([...empty]).toEqual([0, 1, 1, 0])
  })

  it('never overflow, whatever token is repeated', () => {
    for (const word of ['the', 'gold', '!', 'zealand'])
      expect(vectorsOf([`${word} `.repeat(600)])[0], word).toEqual(vectorsOf([word])[0])
  })

  it('leave the instance as it was when the model does not fit', () => {
    const kernels = startKernels<EmbedExports>(module, { memoryBytesMax: 4 * 1024 * 1024 })
    const before = kernels.arena.heldBytes
    expect(() => holdEmbedModel(kernels, modelFile)).toThrow(OutOfMemory)
    expect(kernels.arena.heldBytes).toBe(before)
  })

  it('let go of the model', () => {
    const kernels = startKernels<EmbedExports>(module)
    const before = kernels.arena.heldBytes
    const first = holdEmbedModel(kernels, modelFile)
    first.release()
    expect(kernels.arena.heldBytes).toBe(before)
    expect(embedTexts(holdEmbedModel(kernels, modelFile), textColumn(['gold'])).empty[0]).toBe(0)
  })

  it('refuse bounds that are none', () => {
    const kernels = startKernels<EmbedExports>(module)
    for (const tokensMax of [0, 513, 1.5, Number.NaN])
      expect(() => holdEmbedModel(kernels, modelFile, { tokensMax })).toThrow(BadInput)
  })
})
