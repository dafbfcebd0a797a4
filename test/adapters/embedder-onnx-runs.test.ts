import { describe, expect, it } from 'vitest'
import { planRuns } from '../../src/adapters/embedder-onnx-runs.ts'
import { seededRandom } from '../../src/base/random.ts'

const plan = (lengths: number[], runTokensMax: number) =>
  planRuns(Uint32Array.from(lengths), runTokensMax).map(run => [...run])

describe('the runs of a transformer', () => {
  it('are none for no texts, and for texts of nothing', () => {
    expect(plan([], 100)).toEqual([])
    expect(plan([0, 0], 100)).toEqual([])
  })

  it('hold texts of like length, the shortest first, ties in their order', () => {
    expect(plan([9, 3, 9, 3, 0, 3], 18)).toEqual([
      [1, 3, 5],
      [0, 2],
    ])
  })

  it('hold a text alone that is longer than their bound', () => {
    expect(plan([200, 5, 201], 100)).toEqual([[1], [0], [2]])
  })

  it('hold each text once, within the bound when padded, whatever the lengths', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed)
      const lengths = Array.from({ length: Math.floor(200 * random()) }, () => Math.floor(64 * random() ** 3))
      const runs = plan(lengths, 128)
      expect(
        runs.flat().sort((a, b) => a - b),
        `seed ${seed}`,
      ).toEqual([...lengths.keys()].filter(text => lengths[text]! > 0))
      for (const run of runs) {
        const padded = run.length * Math.max(...run.map(text => lengths[text]!))
        expect(padded, `seed ${seed}`).toBeLessThanOrEqual(128)
      }
    }
  })
})
