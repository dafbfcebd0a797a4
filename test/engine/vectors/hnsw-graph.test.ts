import { describe, expect, it } from 'vitest'
import type { CodedPart } from '../../../src/engine/vectors/coded.ts'
import { HnswIndex } from '../../../src/engine/vectors/hnsw.ts'
import { graphPart, joinGraph, savedShapeOf } from '../../../src/engine/vectors/hnsw-graph.ts'
import { finish } from '../../../src/engine/work.ts'
import { joined } from '../../segment/vectors/vectors-twin.ts'
import { binaries } from '../binaries.ts'
import { clouds } from './vectors.ts'

describe.each(binaries)('a graph taken apart on $name', ({ module }) => {
  it('is the same index when it is put together', () => {
    for (const [count, dim, linksMax] of [
      [300, 7, 8],
      [4097, 20, 16],
      [1500, 257, 32],
    ] as const)
      for (const metric of ['l2', 'dot'] as const) {
        const vectors = clouds({ count, dim, seed: dim })
        const index = new HnswIndex(module, { dim, metric, linksMax, seed: 3, buildBreadth: 20 })
        finish(index.insert(vectors))
        const part = (name: CodedPart) => joined([...graphPart(index, name)])
        const parts = {
          centre: part('centre'),
          codes: part('codes'),
          links: part('links'),
          upper: part('upper'),
          vectors,
        }
        const pieces = joinGraph({ dim, metric }, savedShapeOf(index), parts)
        const again = HnswIndex.load(module, pieces)
        const isSame = Buffer.compare(joined([...again.save()]), joined([...index.save()])) === 0
        expect(isSame, `${count} × ${dim}, ${metric}`).toBe(true)
      }
  })
})
