import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Arena, OutOfMemory, type Region } from '../../../src/engine/arena.ts'
import { Extents } from '../../../src/engine/vectors/extents.ts'

const mebi = 1 << 20

function extents(bytesMax: number) {
  return new Extents(new Arena(new WebAssembly.Memory({ initial: 1, maximum: 1024 }), 1000), bytesMax)
}

describe('extents', () => {
  it('are refused beyond what they may take together, and nothing has changed then', () => {
    const space = extents(2 * mebi)
    const first = space.take('a', 2 * mebi - 64)
    expect(() => space.take('b', 65)).toThrow(OutOfMemory)
    expect(space.heldBytes).toBe(2 * mebi - 64)
    space.take('b', 64)
    space.free(first)
    expect(space.take('c', 2 * mebi - 64).at).toBe(first.at)
  })

  it('that were freed side by side hold what is as large as all of them', () => {
    const space = extents(3 * mebi)
    const [a, b, c] = [0, 1, 2].map(i => space.take(`${i}`, mebi)) as [Region, Region, Region]
    for (const region of [a, c, b]) space.free(region)
    expect(space.take('all', 3 * mebi).at).toBe(a.at)
  })

  it('are not freed twice', () => {
    const space = extents(mebi)
    const region = space.take('a', 64)
    space.free(region)
    expect(() => space.free(region)).toThrow('an extent is freed once')
  })

  it('never lie on one another, whatever comes and goes', () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed)
      const space = extents(4 * mebi)
      const held: Region[] = []
      for (let i = 0; i < 500; i++) {
        if (held.length > 0 && random() < 0.5)
          space.free(held.splice(Math.floor(random() * held.length), 1)[0]!)
        else
          try {
            held.push(space.take('x', 1 + Math.floor(random() ** 4 * mebi)))
          } catch (error) {
            expect(error).toBeInstanceOf(OutOfMemory)
          }
        const sorted = [...held].sort((a, b) => a.at - b.at)
        for (const [at, { byteCount }] of sorted.entries())
          if (at > 0)
            expect(sorted[at - 1]!.at + sorted[at - 1]!.byteCount, `seed ${seed}`).toBeLessThanOrEqual(
              sorted[at]!.at,
            )
          else expect(byteCount % 64).toBe(0)
        expect(space.heldBytes).toBe(held.reduce((sum, { byteCount }) => sum + byteCount, 0))
        expect(space.heldBytes).toBeLessThanOrEqual(4 * mebi)
      }
    }
  })
})
