import { describe, expect, it } from 'vitest'
import { staticEmbedder } from '../../src/adapters/embedder-static.ts'
import { AssertionError } from '../../src/base/assert.ts'
import { seededRandom } from '../../src/base/random.ts'
import { textColumn } from '../../src/base/text-column.ts'
import type { EmbedExports } from '../../src/engine/embed/memory.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import { type Embedder, EmbedError } from '../../src/ports/embedder.ts'
import { EmbedCache } from '../../src/service/embed-cache.ts'
import { binaries } from '../engine/binaries.ts'
import { modelFile } from '../engine/embed/model-file.ts'
import { describeEmbedder } from '../ports/embedder.suite.ts'

const real = staticEmbedder(startKernels<EmbedExports>(binaries[0]!.module), modelFile)

/** The embedder, and which texts it was asked for. */
function watched(): { embedder: Embedder; asked: string[][] } {
  const asked: string[][] = []
  const embedder: Embedder = {
    ...real,
    embed(texts, options) {
      const { data, offsets } = texts
      const text = (i: number) => new TextDecoder().decode(data.subarray(offsets[i]!, offsets[i + 1]!))
      asked.push(Array.from({ length: offsets.length - 1 }, (_, i) => text(i)))
      return real.embed(texts, options)
    },
  }
  return { embedder, asked }
}

function cacheOf(bytesMax = 1_000_000) {
  const { embedder, asked } = watched()
  const cache = new EmbedCache(embedder, { bytesMax })
  return { cache, asked, embed: (...texts: string[]) => cache.embed(textColumn(texts)) }
}

describeEmbedder('any, behind a cache', async () => new EmbedCache(real, { bytesMax: 100_000 }))

describe('the cache of vectors', () => {
  it('asks for a text once, and gives the same bits again', async () => {
    const { embed, asked, cache } = cacheOf()
    const first = await embed('gold', 'sand', '')
    const again = await embed('', 'sand', 'clay', 'gold')
    expect(asked).toEqual([['gold', 'sand', ''], ['clay']])
    const { dims } = cache
    expect(again.vectors.subarray(3 * dims)).toEqual(first.vectors.subarray(0, dims))
    expect(again.vectors.subarray(dims, 2 * dims)).toEqual(first.vectors.subarray(dims, 2 * dims))
    expect([...again.empty]).toEqual([1, 0, 0, 0])
    expect(cache.counts).toMatchObject({ hits: 3, misses: 4 })
  })

  it('keeps what is used, and lets go of what is not', async () => {
    const { embed, asked } = cacheOf(200_000)
    await embed('used', 'forgotten')
    for (let i = 0; i < 400; i++) await embed('used', `other ${i}`)
    asked.length = 0
    await embed('used', 'forgotten')
    expect(asked).toEqual([['forgotten']])
  })

  it('stays within its bytes, whatever comes', async () => {
    const { embed, cache } = cacheOf(300_000)
    for (let i = 0; i < 60; i++) {
      await embed(...Array.from({ length: 20 }, (_, j) => `${i} ${j} ${'pad '.repeat(j)}`))
      expect(cache.counts.bytes).toBeLessThanOrEqual(300_000)
    }
  })

  it('keeps no long text, and embeds it each time', async () => {
    const { embed, asked } = cacheOf()
    await embed('x'.repeat(4096), 'y'.repeat(4097))
    await embed('x'.repeat(4096), 'y'.repeat(4097))
    expect(asked[1]).toEqual(['y'.repeat(4097)])
  })

  it('keeps nothing of a call that fails', async () => {
    let isAway = true
    const cache = new EmbedCache(
      {
        ...real,
        embed: texts =>
          isAway ? Promise.reject(new EmbedError('far', 'away', { isTransient: true })) : real.embed(texts),
      },
      { bytesMax: 100_000 },
    )
    await expect(cache.embed(textColumn(['gold']))).rejects.toThrow('away')
    isAway = false
    expect((await cache.embed(textColumn(['gold']))).empty[0]).toBe(0)
  })

  it('takes no more texts than the embedder does, though it may know them', async () => {
    const { embed, cache } = cacheOf()
    await expect(embed(...Array(cache.batchTextsMax + 1).fill('gold'))).rejects.toThrow(AssertionError)
  })

  it('answers as the embedder does, for any texts in any order', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = seededRandom(seed)
      const { embed } = cacheOf(100_000)
      for (let call = 0; call < 40; call++) {
        const texts = Array.from(
          { length: Math.floor(20 * random()) },
          () => `w${Math.floor(100 * random() ** 2)} gold`,
        )
        const { vectors, empty } = await embed(...texts)
        const expected = await real.embed(textColumn(texts))
        expect(vectors, `seed ${seed}`).toEqual(expected.vectors)
        expect(empty, `seed ${seed}`).toEqual(expected.empty)
      }
    }
  })
})
