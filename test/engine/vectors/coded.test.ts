import { describe, expect, it } from 'vitest'
import { OutOfMemory } from '../../../src/engine/arena.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { CodedIndex, type CodedPart } from '../../../src/engine/vectors/coded.ts'
import { centreOf, RowCoder } from '../../../src/engine/vectors/coded-rows.ts'
import { HnswIndex } from '../../../src/engine/vectors/hnsw.ts'
import { graphPart, savedShapeOf } from '../../../src/engine/vectors/hnsw-graph.ts'
import { VectorMemory } from '../../../src/engine/vectors/vector-memory.ts'
import { finish } from '../../../src/engine/work.ts'
import {
  joined,
  lengthOf,
  nearestTwin,
  queryOf,
  randomBits,
  type Texts,
  textsOf,
  toldDistance,
} from '../../segment/vectors/vectors-twin.ts'
import { binaries } from '../binaries.ts'
import { recall } from './twins/nearest.ts'

describe.each(binaries)('a coded index on $name', ({ module }) => {
  const memory = new VectorMemory(module, { bytesMax: 1 << 25 })

  function scanned({ dims: dim, metric, vectors, empty }: Texts): CodedIndex {
    const centre = centreOf(vectors, dim)
    const coder = new RowCoder(memory, { dim, metric, centre })
    const index = new CodedIndex(memory, { dim, metric, count: empty.length })
    index.part('centre').set(new Uint8Array(centre.buffer))
    const codes: Uint8Array[] = []
    for (let at = 0; at < vectors.length; at += coder.rowsMax * dim)
      codes.push(coder.encode(vectors.subarray(at, at + coder.rowsMax * dim)))
    index.part('codes').set(joined(codes))
    return index
  }

  function walked({ dims: dim, metric, vectors, empty }: Texts): CodedIndex {
    const graph = graphOf({ dims: dim, metric, vectors, empty })
    const index = new CodedIndex(memory, { dim, metric, count: empty.length, graph: savedShapeOf(graph) })
    for (const part of ['centre', 'codes', 'links', 'upper'] as CodedPart[])
      index.part(part).set(joined([...graphPart(graph, part)]))
    return index
  }

  function graphOf({ dims: dim, metric, vectors }: Texts): HnswIndex {
    const index = new HnswIndex(module, { dim, metric: metric === 'dot' ? 'dot' : 'l2' })
    finish(index.insert(vectors))
    return index
  }

  it('refuses what it can not look for', () => {
    const index = scanned(textsOf({ count: 5, dims: 4, metric: 'cosine', seed: 1 }))
    const query = Float32Array.of(1, 0, 0, 0)
    expect(() => index.candidates(query, { limit: 0, breadth: 1 })).toThrow(BadInput)
    expect(() => index.candidates(query, { limit: 2, breadth: 1 })).toThrow(BadInput)
    expect(() => index.candidates(query, { limit: 1, breadth: 4097 })).toThrow(BadInput)
    expect(() => index.candidates(new Float32Array(4), { limit: 1, breadth: 1 })).toThrow('its length is')
    expect(() => index.candidates(query, { limit: 1, breadth: 1, allow: new Uint32Array(0) })).toThrow(
      BadInput,
    )
    index.free()
    expect(() => new CodedIndex(memory, { dim: 4096, metric: 'l2', count: 10_000 })).toThrow(OutOfMemory)
    expect(memory.extents.heldBytes).toBe(0)
  })

  it('has the codes of the index that makes graphs, whatever was coded before', () => {
    for (const metric of ['l2', 'dot'] as const)
      for (const dims of [300, 1, 17, 64, 255]) {
        const texts = textsOf({ count: 400, dims, metric, seed: dims })
        const graph = graphOf(texts)
        const index = scanned(texts)
        for (const part of ['centre', 'codes'] as const) {
          const wanted = joined([...graphPart(graph, part)])
          expect(Buffer.compare(index.part(part), wanted), `${metric}, ${dims}, ${part}`).toBe(0)
        }
        index.free()
      }
  })

  it.each(['cosine', 'dot', 'l2'] as const)(
    'finds never fewer than it could, and by %s almost what brute force finds',
    metric => {
      let [share, asked] = [0, 0]
      for (const seed of [1, 2]) {
        const texts = textsOf({ count: 3000, dims: 40, metric, seed })
        for (const index of [scanned(texts), walked(texts)]) {
          for (const allowedShare of [1, 0.9, 0.2, 0.003, 0]) {
            const query = queryOf(texts, seed)
            const allow = randomBits(3000, allowedShare, seed)
            const wanted = nearestTwin(texts, query, { k: 20, allow })
            const found = index.candidates(query, { limit: 20, breadth: 128, allow })
            expect(found.ids).toHaveLength(wanted.texts.length)
            share += recall(found.ids, wanted.texts)
            asked++
            for (const [i, id] of found.ids.entries()) {
              const row = texts.vectors.subarray(id * 40, (id + 1) * 40)
              const error = found.distances[i]! - toldDistance(metric, row, query)
              expect(Math.abs(error), `seed ${seed}, text ${id}`).toBeLessThan(
                0.01 * lengthOf(row) * lengthOf(query),
              )
            }
          }
          index.free()
        }
      }
      expect(share / asked).toBeGreaterThan(0.97)
    },
  )

  it.each(['cosine', 'l2'] as const)('lists all that is within a distance by %s', metric => {
    for (let seed = 1; seed <= 8; seed++) {
      const texts = textsOf({ count: 1500, dims: 3 * seed, metric, seed, twinShare: 0.1 })
      const index = scanned(texts)
      const query = queryOf(texts, seed)
      const allow = randomBits(1500, 0.5, seed)
      const all = nearestTwin(texts, query, { k: 1500, allow })
      for (const rank of [0, 5, 100, 700]) {
        const bound = all.distances[rank]! * 1.00001 + (metric === 'cosine' ? 1e-4 : 0)
        const listed = index.within(query, bound, allow)!
        const wanted = all.texts.subarray(0, rank + 1)
        expect(recall(listed, wanted), `seed ${seed}, rank ${rank}`).toBe(1)
        expect(recall(all.texts, listed), 'nothing that is not allowed').toBe(1)
      }
      index.free()
    }
  })

  it('says where more are within a distance than it can list', () => {
    const texts = textsOf({ count: 70_000, dims: 4, metric: 'cosine', seed: 1 })
    const index = scanned(texts)
    expect(index.within(queryOf(texts, 1), 2)).toBeUndefined()
    index.free()
  })
})
