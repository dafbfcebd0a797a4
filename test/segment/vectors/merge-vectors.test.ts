import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { VectorMemory } from '../../../src/engine/vectors/vector-memory.ts'
import { graphRowsMin, mergeVectors } from '../../../src/segment/vectors/merge-vectors.ts'
import { OpenVectors } from '../../../src/segment/vectors/open-vectors.ts'
import { SealedVectors } from '../../../src/segment/vectors/sealed-vectors.ts'
import { VectorCache } from '../../../src/segment/vectors/vector-cache.ts'
import { binaries } from '../../engine/binaries.ts'
import { recall } from '../../engine/vectors/twins/nearest.ts'
import {
  collected,
  fileOf,
  joined,
  nearestTwin,
  queryOf,
  randomBits,
  sliceOf,
  type Texts,
  textsOf,
} from './vectors-twin.ts'

const bytesMax = 1 << 27

describe.each(binaries)('merged vectors on $name', ({ module }) => {
  const memory = new VectorMemory(module, { bytesMax })
  const cache = new VectorCache({ module, bytesMax })

  const partOf = (texts: Texts): Uint8Array[] => {
    const run = new OpenVectors(memory, { id: 'm', dims: texts.dims, metric: texts.metric })
    run.append(texts.vectors, texts.empty)
    const pieces = run.write()
    run.free()
    return pieces
  }
  const merged = async (
    inputs: { pieces: Uint8Array[]; remap: Uint32Array }[],
    textCount: number,
  ): Promise<Uint8Array[]> => {
    const files = inputs.map(({ pieces, remap }) => ({ file: fileOf(pieces), remap }))
    return collected(mergeVectors(files, { textCount, module }))
  }

  it('are those of one run that had all texts, to the byte', async () => {
    const cases = [
      { metric: 'cosine', count: 900, dims: 48 },
      { metric: 'dot', count: 900, dims: 7 },
      // runs of more rows than are read at once
      { metric: 'l2', count: 700, dims: 4096 },
    ] as const
    for (const [seed, { metric, count, dims }] of cases.entries()) {
      const whole = textsOf({ count, dims, metric, seed, emptyShare: 0.2 })
      const runs = overlapping(whole, seed)
      const inputs = runs.map(({ texts, remap }) => ({ pieces: partOf(texts), remap }))
      const found = await merged(inputs, count)
      expect(same(found, partOf(whole)), `seed ${seed}`).toBe(true)
    }
  })

  it('keep the first vector that there is of a text', async () => {
    const whole = textsOf({ count: 100, dims: 8, metric: 'cosine', seed: 5 })
    const hollow = { ...whole, empty: new Uint8Array(100).fill(1, 20, 60) }
    const remap = Uint32Array.from({ length: 100 }, (_, text) => text)
    const found = await merged(
      [hollow, whole].map(texts => ({ pieces: partOf(texts), remap })),
      100,
    )
    expect(same(found, partOf(whole))).toBe(true)
  })

  it('of nothing but texts without a vector are an empty run', async () => {
    const none = {
      dims: 4,
      metric: 'l2' as const,
      vectors: new Float32Array(12),
      empty: Uint8Array.of(1, 1, 1),
    }
    const found = await merged([{ pieces: partOf(none), remap: Uint32Array.of(0, 1, 2) }], 3)
    const run = await SealedVectors.open(fileOf(found), cache)
    expect(await run.nearest(new Float32Array(4))).toEqual(nearestTwin(none, new Float32Array(4)))
    expect(await run.nearest(new Float32Array(4), { exact: true })).toEqual(
      nearestTwin(none, new Float32Array(4)),
    )
  })

  it('are refused where they are of two spaces', async () => {
    const remap = Uint32Array.of(0)
    const inputs = (['l2', 'dot'] as const).map(metric => ({
      pieces: partOf(textsOf({ count: 1, dims: 4, metric, seed: 1 })),
      remap,
    }))
    await expect(merged(inputs, 1)).rejects.toThrow('runs of one space')
  })

  it('of many rows are found almost always by walking', async () => {
    let share = 0
    for (const seed of [1, 2, 3]) {
      const whole = textsOf({ count: graphRowsMin, dims: 32, metric: 'cosine', seed })
      const remap = Uint32Array.from({ length: graphRowsMin }, (_, text) => text)
      const found = await merged([{ pieces: partOf(whole), remap }], graphRowsMin)
      const run = await SealedVectors.open(fileOf(found), cache)
      for (let i = 0; i < 20; i++) {
        const query = queryOf(whole, 100 * seed + i)
        share += recall((await run.nearest(query)).texts, nearestTwin(whole, query).texts) / 60
      }
    }
    expect(share).toBeGreaterThan(0.95)
  })

  it('of many rows are walked, and grow by what is new', async () => {
    const count = graphRowsMin + 1500
    const dims = 32
    const whole = textsOf({ count, dims, metric: 'cosine', seed: 9, emptyShare: 0.01 })
    const cut = [0, 300, count - 600, count]
    const part = (i: number) => {
      const [from, until] = [cut[i]!, cut[i + 1]!]
      const remap = Uint32Array.from({ length: until - from }, (_, text) => from + text)
      return { pieces: partOf(sliceOf(whole, from, until)), remap }
    }
    const first = await merged([part(0), part(1)], cut[2]!)
    const ids = Uint32Array.from({ length: cut[2]! }, (_, text) => text)
    const grown = await merged([{ pieces: first, remap: ids }, part(2)], count)
    const anew = await merged([part(0), part(1), part(2)], count)
    expect(same(grown, anew), 'however it came to be').toBe(true)

    const run = await SealedVectors.open(fileOf(grown), cache)
    let share = 0
    for (let i = 0; i < 20; i++) {
      const query = queryOf(whole, i)
      const allow = i % 2 ? randomBits(count, [0.9, 0.3, 0.05, 0.001][i % 4]!, i) : undefined
      const options = allow ? { allow } : {}
      const wanted = nearestTwin(whole, query, options)
      expect(await run.nearest(query, { ...options, exact: true }), `query ${i}`).toEqual(wanted)
      const found = await run.nearest(query, options)
      expect(found.texts).toHaveLength(wanted.texts.length)
      share += recall(found.texts, wanted.texts) / 20
    }
    expect(share).toBeGreaterThan(0.95)
  })
})

function same(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return Buffer.compare(joined(a), joined(b)) === 0
}

/** Runs of a whole: each has some of the texts of those before, and what comes next. */
function overlapping(whole: Texts, seed: number): { texts: Texts; remap: Uint32Array }[] {
  const random = seededRandom(seed + 77)
  const { dims, metric } = whole
  const runs = []
  for (let from = 0; from < whole.empty.length; ) {
    const until = Math.min(whole.empty.length, from + 1 + Math.floor(random() * 900))
    const ids: number[] = []
    for (let text = from; text < until; text++) {
      if (from > 0 && random() < 0.3) ids.push(Math.floor(random() * from))
      ids.push(text)
    }
    const remap = Uint32Array.from(new Set(ids))
    const vectors = new Float32Array(remap.length * dims)
    for (const [i, text] of remap.entries())
      vectors.set(whole.vectors.subarray(text * dims, (text + 1) * dims), i * dims)
    const empty = Uint8Array.from(remap, text => whole.empty[text]!)
    runs.push({ texts: { dims, metric, vectors, empty }, remap })
    from = until
  }
  return runs
}
