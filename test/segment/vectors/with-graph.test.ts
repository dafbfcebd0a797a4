import { describe, expect, it } from 'vitest'
import { VectorMemory } from '../../../src/engine/vectors/vector-memory.ts'
import { graphRowsMin } from '../../../src/segment/vectors/merge-vectors.ts'
import { OpenVectors } from '../../../src/segment/vectors/open-vectors.ts'
import { SealedVectors } from '../../../src/segment/vectors/sealed-vectors.ts'
import { VectorCache } from '../../../src/segment/vectors/vector-cache.ts'
import { VectorsPart } from '../../../src/segment/vectors/vectors-part.ts'
import { withGraph } from '../../../src/segment/vectors/with-graph.ts'
import { binaries } from '../../engine/binaries.ts'
import { recall } from '../../engine/vectors/twins/nearest.ts'
import { fileOf, queryOf, type Texts, textsOf } from './vectors-twin.ts'

const bytesMax = 1 << 26

describe.each(binaries)('vectors that are made as a whole on $name', ({ module }) => {
  const memory = new VectorMemory(module, { bytesMax })
  const cache = new VectorCache({ module, bytesMax })

  const made = (count: number) =>
    textsOf({ count, dims: 16, metric: 'cosine', seed: count, emptyShare: 0.01 })

  function piecesOf(texts: Texts): Uint8Array[] {
    const run = new OpenVectors(memory, { id: 'm', dims: 16, metric: 'cosine' })
    run.append(texts.vectors, texts.empty)
    const pieces = run.write()
    run.free()
    return pieces
  }

  it('stay as they are where they are too few for a graph', async () => {
    const pieces = piecesOf(made(100))
    expect(await withGraph(pieces, { textCount: 100, module })).toBe(pieces)
  })

  it('have a graph else, are found by it, and are the same vectors', async () => {
    const textCount = graphRowsMin + 500
    const texts = made(textCount)
    const flat = piecesOf(texts)
    const graphed = await withGraph(flat, { textCount, module })
    expect((await VectorsPart.open(fileOf(graphed))).head.graph).toBeDefined()
    const before = await SealedVectors.open(fileOf(flat), cache)
    const after = await SealedVectors.open(fileOf(graphed), cache)
    const all = Uint32Array.from({ length: textCount }, (_, text) => text)
    expect(await after.vectorsOf(all)).toEqual(await before.vectorsOf(all))
    const recalls: number[] = []
    for (let seed = 0; seed < 20; seed++) {
      const query = queryOf(texts, seed)
      const found = await after.nearest(query, { k: 10 })
      recalls.push(recall(found.texts, (await before.nearest(query, { k: 10, exact: true })).texts))
    }
    expect(recalls.reduce((sum, one) => sum + one, 0) / recalls.length).toBeGreaterThan(0.9)
  })
})
