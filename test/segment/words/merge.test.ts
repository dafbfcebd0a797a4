import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { mergedPart, partOf, type Said, saidBy } from './runs.ts'

function randomSaid(random: () => number): Said {
  const word = () => `w${Math.floor(random() ** 3 * 400)}`
  const text = () => Array.from({ length: Math.floor(random() * 9) }, word).join(' ')
  const texts = Array.from({ length: Math.floor(random() * 60) }, text)
  return saidBy(texts.flatMap(text => Array.from({ length: 1 + Math.floor(random() * 3) }, () => text)))
}

describe('mergeWords', () => {
  it('writes what one run of all texts would have written, byte for byte', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed)
      const saids = Array.from({ length: 1 + Math.floor(random() * 4) }, () => randomSaid(random))
      // texts that several runs have
      for (const said of saids.slice(1))
        for (const [i, text] of saids[0]!.texts.slice(0, 5).entries())
          if (!said.texts.includes(text)) {
            said.texts.splice(i * 2, 0, text)
            said.docCounts.splice(i * 2, 0, 2)
          }
      const { bytes, said } = await mergedPart(saids)
      expect(Buffer.from(bytes).equals(partOf(said)), `seed ${seed}`).toBe(true)
    }
  })

  it('merges what was merged, and runs that say nothing', async () => {
    const empty = saidBy([])
    const said = saidBy(['a b', '', 'c'])
    expect((await mergedPart([empty, empty])).bytes).toEqual(partOf(empty))
    expect((await mergedPart([empty, said, empty])).bytes).toEqual(partOf(said))
  })

  it('reads inputs in stretches when they are larger than one', async () => {
    const text = (i: number) =>
      Array.from({ length: 40 }, (_, j) => `t${(i * 7919 + j * 104_729) % 30_000}`).join(' ')
    const saids = [0, 1, 2].map(part => saidBy(Array.from({ length: 3000 }, (_, i) => text(part * 2900 + i))))
    const { bytes, said } = await mergedPart(saids)
    expect(said.texts.length).toBeLessThan(9000)
    expect(Buffer.from(bytes).equals(partOf(said))).toBe(true)
  })
})
