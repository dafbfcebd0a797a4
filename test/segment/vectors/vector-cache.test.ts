import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { codedBytesOf } from '../../../src/engine/vectors/coded-layout.ts'
import { VectorMemory } from '../../../src/engine/vectors/vector-memory.ts'
import type { CheckedFile } from '../../../src/segment/checked.ts'
import { OpenVectors } from '../../../src/segment/vectors/open-vectors.ts'
import { SealedVectors } from '../../../src/segment/vectors/sealed-vectors.ts'
import { VectorCache } from '../../../src/segment/vectors/vector-cache.ts'
import { VectorsPart } from '../../../src/segment/vectors/vectors-part.ts'
import { binaries } from '../../engine/binaries.ts'
import { fileOf, nearestTwin, queryOf, type Texts, textsOf } from './vectors-twin.ts'

const dims = 32
const { module } = binaries[0]!
const memory = new VectorMemory(module, { bytesMax: 1 << 26 })

function runOf(count: number, seed: number) {
  const texts = textsOf({ count, dims, metric: 'cosine', seed, emptyShare: 0.05 })
  return { texts, file: fileOf(piecesOf(texts)) }
}

function piecesOf(texts: Texts): Uint8Array[] {
  const open = new OpenVectors(memory, { id: 'm', dims, metric: texts.metric })
  open.append(texts.vectors, texts.empty)
  const pieces = open.write()
  open.free()
  return pieces
}

async function bytesOf(file: CheckedFile): Promise<number> {
  return codedBytesOf(memory, (await VectorsPart.open(file)).shape)
}

describe('the cache of sealed runs', () => {
  it('never holds more than it may, and what was let go gives the same answers', async () => {
    const runs = Array.from({ length: 12 }, (_, seed) => runOf(200 + 150 * seed, seed))
    const bytesMax = 3 * (await bytesOf(runs[11]!.file))
    const cache = new VectorCache({ module, bytesMax })
    const sealed = await Promise.all(runs.map(({ file }) => SealedVectors.open(file, cache)))
    const random = seededRandom(7)
    let most = 0
    for (let round = 0; round < 60; round++) {
      const asked = Array.from({ length: 1 + (round % 5) }, () => Math.floor(random() * 12))
      await Promise.all(
        asked.map(async run => {
          const { texts } = runs[run]!
          const query = queryOf(texts, round)
          const found = await sealed[run]!.nearest(query, { exact: true })
          expect(found, `round ${round}, run ${run}`).toEqual(nearestTwin(texts, query))
          most = Math.max(most, cache.heldBytes)
        }),
      )
      if (round % 10 === 9) sealed[asked[0]!]!.forget()
    }
    expect(most).toBeLessThanOrEqual(bytesMax)
    expect(cache.runCount).toBeGreaterThan(2)
    for (const run of sealed) run.forget()
    expect(cache.heldBytes).toBe(0)
  })

  it('loads a run once for all who ask for it meanwhile', async () => {
    const { file } = runOf(3000, 1)
    const part = await VectorsPart.open(file)
    const cache = new VectorCache({ module, bytesMax: 1 << 24 })
    const before = file.readBytes()
    await Promise.all(Array.from({ length: 8 }, () => cache.use(part, () => undefined)))
    const loadedBytes = file.readBytes() - before
    expect(loadedBytes).toBeLessThan(2 * (await bytesOf(file)))
    await cache.use(part, () => undefined)
    expect(file.readBytes() - before).toBeLessThan(loadedBytes + file.byteLength)
  })

  it('has a run that is more than all of it answered out of its file', async () => {
    const { texts, file } = runOf(1000, 2)
    const cache = new VectorCache({ module, bytesMax: 1000 })
    const run = await SealedVectors.open(file, cache)
    const query = queryOf(texts, 1)
    expect(await run.nearest(query)).toEqual(nearestTwin(texts, query))
    expect(await run.nearest(query, { exact: true })).toEqual(nearestTwin(texts, query))
    expect((await run.candidates(query)).texts.subarray(0, 10)).toEqual(nearestTwin(texts, query).texts)
    expect(cache.heldBytes).toBe(0)
  })

  it('keeps nothing of a run whose part is bad, and loads the next', async () => {
    const good = runOf(500, 3)
    const bad = runOf(500, 4)
    let isBad = false
    const part = await VectorsPart.open({
      ...bad.file,
      slice: async (start, end) => {
        if (isBad) throw new Error('a bad block')
        return bad.file.slice(start, end)
      },
    })
    const cache = new VectorCache({ module, bytesMax: 1 << 22 })
    isBad = true
    await expect(cache.use(part, () => 1)).rejects.toThrow('a bad block')
    expect(cache.heldBytes).toBe(0)
    expect(await cache.use(await VectorsPart.open(good.file), () => 1)).toBe(1)
  })
})
