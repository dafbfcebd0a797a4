import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import {
  contradicts,
  type Dependence,
  RowWindow,
  tells,
  windowRows,
} from '../../../src/pack/auto/row-window.ts'

type Row = readonly [number, number]

/** Rows of two fields; 0 is absent. */
function windowOf(rows: readonly Row[]): RowWindow {
  const window = new RowWindow()
  for (const row of rows) {
    window.beginRow()
    row.forEach((hash, field) => {
      if (hash !== 0) window.put(field, hash)
    })
  }
  window.settle()
  return window
}

/** The definition, written out. */
function plainly(rows: readonly Row[]): Dependence {
  const both = rows.slice(-windowRows).filter(([a, b]) => a !== 0 && b !== 0)
  const first = new Map<number, number>()
  const again: boolean[] = []
  for (const [a, b] of both) {
    const before = first.get(a)
    if (before === undefined) first.set(a, b)
    else again.push(before === b)
  }
  const pairs = both.flatMap(([, b]) => both.map(([, other]) => b === other))
  const shareOf = (of: readonly boolean[], none: number) =>
    of.length === 0 ? none : of.filter(Boolean).length / of.length
  return { repeats: again.length, agreement: shareOf(again, 0), chance: shareOf(pairs, 1) }
}

describe('RowWindow', () => {
  it('agrees with the definition', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = seededRandom(seed)
      const absent = random()
      const rows = Array.from({ length: Math.ceil(600 * random()) }, (): Row => {
        const a = 1 + Math.floor(40 * random())
        return [random() < absent / 2 ? 0 : a, random() < absent / 2 ? 0 : 1 + ((a * 7) % (1 + (seed % 5)))]
      })
      const found = windowOf(rows).dependence(0, 1)
      const truth = plainly(rows)
      expect(found.repeats, `seed ${seed}`).toBe(truth.repeats)
      expect(found.agreement, `seed ${seed}`).toBeCloseTo(truth.agreement, 12)
      expect(found.chance, `seed ${seed}`).toBeCloseTo(truth.chance, 12)
    }
  })

  it('forgets what is older than its bound', () => {
    const old = Array.from({ length: 500 }, (_, i): Row => [1 + (i % 9), 1 + (i % 7)])
    const recent = Array.from({ length: windowRows }, (_, i): Row => [1 + (i % 40), 1 + ((i % 40) % 3)])
    expect(tells(windowOf([...old, ...recent]).dependence(0, 1))).toBe(true)
    expect(contradicts(windowOf(old).dependence(0, 1))).toBe(true)
  })

  it('takes no field for told that hardly ever differs', () => {
    const rows = Array.from({ length: 900 }, (_, i): Row => [1 + (i % 30), i === 5 ? 2 : 1])
    expect(tells(windowOf(rows).dependence(0, 1))).toBe(false)
  })

  it('keeps the first of several values', () => {
    const window = new RowWindow()
    window.beginRow()
    expect([window.put(0, 5), window.put(0, 6), window.put(1, 7)]).toEqual([true, false, true])
    expect([window.togetherWith(0, 5, 1), window.togetherWith(0, 6, 1)]).toEqual([true, false])
  })

  it('is the same after a snapshot', () => {
    const rows = Array.from({ length: 1500 }, (_, i): Row => [i % 3 === 0 ? 0 : 1 + (i % 50), 1 + (i % 5)])
    const window = windowOf(rows)
    const restored = RowWindow.fromSnapshot(JSON.parse(JSON.stringify(window.toSnapshot())))
    expect(restored.toSnapshot()).toEqual(window.toSnapshot())
    expect(restored.dependence(0, 1)).toEqual(window.dependence(0, 1))
  })
})
