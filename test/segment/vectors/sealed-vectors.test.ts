import { describe, expect, it } from 'vitest'
import { VectorMemory } from '../../../src/engine/vectors/vector-memory.ts'
import { OpenVectors } from '../../../src/segment/vectors/open-vectors.ts'
import { SealedVectors } from '../../../src/segment/vectors/sealed-vectors.ts'
import { VectorCache } from '../../../src/segment/vectors/vector-cache.ts'
import { binaries } from '../../engine/binaries.ts'
import { recall } from '../../engine/vectors/twins/nearest.ts'
import {
  fileOf,
  nearestTwin,
  queryOf,
  randomBits,
  type Texts,
  textsOf,
  toldDistance,
} from './vectors-twin.ts'

const bytesMax = 1 << 26

describe.each(binaries)('the vectors of a sealed run on $name', ({ module }) => {
  const memory = new VectorMemory(module, { bytesMax })
  const cache = new VectorCache({ module, bytesMax })
  const open = (texts: Texts) => {
    const run = new OpenVectors(memory, { id: 'm', dims: texts.dims, metric: texts.metric })
    run.append(texts.vectors, texts.empty)
    return run
  }

  it('are refused what can not be looked for, open as sealed', async () => {
    const run = open(textsOf({ count: 40, dims: 4, metric: 'cosine', seed: 1 }))
    const query = Float32Array.of(0, 1, 0, 0)
    for (const asked of [run, await SealedVectors.open(fileOf(run.write()), cache)]) {
      await expect(asked.nearest(Float32Array.of(0, 1))).rejects.toThrow('expected 4')
      await expect(asked.nearest(new Float32Array(4))).rejects.toThrow('its length is 0')
      await expect(asked.nearest(query, { k: 0 })).rejects.toThrow('k is 0')
      await expect(asked.nearest(query, { k: 2049 })).rejects.toThrow('k is 2049')
      await expect(asked.candidates(query, { breadth: 4097 })).rejects.toThrow('breadth is 4097')
      await expect(asked.measure(new Float32Array(4), Uint32Array.of(1))).rejects.toThrow('its length is 0')
      await expect(asked.nearest(query, { allow: new Uint32Array(1) })).rejects.toThrow('a bit for each text')
    }
    run.free()
  })

  it('of an open run are looked for by bits that were made before it grew', async () => {
    const texts = textsOf({ count: 100, dims: 4, metric: 'cosine', seed: 3, emptyShare: 0.3 })
    const run = open(texts)
    const query = Float32Array.of(0, 1, 0, 0)
    const allow = Uint32Array.of(0xfffffff0)
    const before = await run.nearest(query, {
      k: 100,
      allow: Uint32Array.of(0xfffffff0, 0, 0, 0),
      textUntil: 32,
    })
    run.append(texts.vectors, texts.empty)
    expect(await run.nearest(query, { k: 100, allow, textUntil: 32 })).toEqual(before)
    expect(before.texts.length).toBeGreaterThan(0)
    run.free()
  })

  it('are given as they came, and measured, wherever they lie', async () => {
    const texts = textsOf({ count: 300, dims: 20, metric: 'l2', seed: 2, emptyShare: 0.3 })
    const run = open(texts)
    const asked = Uint32Array.of(299, 0, 7, 7, 150, 31, 32, 33)
    const rows = [...asked].map(text => texts.vectors.subarray(text * 20, (text + 1) * 20))
    const query = queryOf(texts, 1)
    const distances = Float32Array.from(asked, (text, i) =>
      texts.empty[text] === 1 ? Infinity : toldDistance('l2', rows[i]!, query),
    )
    for (const of of [run, await SealedVectors.open(fileOf(run.write()), cache)]) {
      expect(await of.vectorsOf(asked)).toEqual(Float32Array.from(rows.flatMap(row => [...row])))
      expect(await of.measure(query, asked)).toEqual(distances)
      expect(of.count).toBe(300)
      expect(of.space).toEqual({ id: 'm', dims: 20, metric: 'l2' })
    }
    run.free()
  })

  it.each(['cosine', 'l2', 'dot'] as const)(
    'are found exactly, by %s, as the open run finds them',
    async metric => {
      for (const seed of [1, 2, 3, 4]) {
        const dims = [1, 7, 64, 256][seed - 1]!
        const texts = textsOf({
          count: 700,
          dims,
          metric,
          seed,
          emptyShare: seed % 2 ? 0.1 : 0,
          twinShare: 0.1,
        })
        const run = open(texts)
        const sealed = await SealedVectors.open(fileOf(run.write()), cache)
        for (const k of [1, 5, 30, 2000]) {
          const query = queryOf(texts, seed + k)
          for (const options of [
            { k },
            { k, allow: randomBits(700, 0.5, seed) },
            { k, allow: randomBits(700, 0.02, seed), textUntil: 333 },
            { k, textUntil: 64 },
          ]) {
            const wanted = nearestTwin(texts, query, options)
            expect(await run.nearest(query, options), `open, seed ${seed}, k ${k}`).toEqual(wanted)
            const found = await sealed.nearest(query, { ...options, exact: true })
            expect(found, `sealed, seed ${seed}, k ${k}`).toEqual(wanted)
          }
        }
        run.free()
      }
      expect(memory.extents.heldBytes).toBe(0)
    },
  )

  it('are found by codes almost always', async () => {
    let share = 0
    for (const seed of [1, 2, 3]) {
      const texts = textsOf({ count: 4000, dims: 64, metric: 'cosine', seed })
      const run = open(texts)
      const sealed = await SealedVectors.open(fileOf(run.write()), cache)
      for (let i = 0; i < 10; i++) {
        const query = queryOf(texts, 100 * seed + i)
        const wanted = nearestTwin(texts, query)
        share += recall((await sealed.nearest(query)).texts, wanted.texts) / 30
      }
      run.free()
    }
    expect(share).toBeGreaterThan(0.99)
  })
})
