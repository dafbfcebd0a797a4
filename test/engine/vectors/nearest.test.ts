import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { Nearest } from '../../../src/engine/vectors/nearest.ts'

describe('the nearest of what is offered', () => {
  it('are none where none are wanted', () => {
    const nearest = new Nearest(0)
    nearest.offer(1, 0)
    expect(nearest.hits().ids).toHaveLength(0)
    expect(nearest.bound).toBe(-Infinity)
  })

  it('are those of a sort, the lower id first where distances are equal', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed)
      const k = 1 + Math.floor(random() * 20)
      const offers = Array.from({ length: Math.floor(random() * 60) }, (_, id) => ({
        id,
        distance: Math.floor(random() * 8) / 4 - 1,
      }))
      const nearest = new Nearest(k)
      for (const { id, distance } of [...offers].sort(() => random() - 0.5)) nearest.offer(id, distance)
      const wanted = offers.sort((a, b) => a.distance - b.distance || a.id - b.id).slice(0, k)
      const { ids, distances } = nearest.hits()
      expect([...ids], `seed ${seed}`).toEqual(wanted.map(({ id }) => id))
      expect([...distances], `seed ${seed}`).toEqual(wanted.map(({ distance }) => distance))
      expect(nearest.bound).toBe(offers.length < k ? Infinity : wanted.at(-1)!.distance)
    }
  })
})
