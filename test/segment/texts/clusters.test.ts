import { describe, expect, it } from 'vitest'
import { concat, toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { noCluster } from '../../../src/segment/texts/clusters.ts'
import { mergeTexts } from '../../../src/segment/texts/merge-texts.ts'
import { OpenTexts } from '../../../src/segment/texts/open-texts.ts'
import { SealedTexts } from '../../../src/segment/texts/sealed-texts.ts'
import { writeTexts } from '../../../src/segment/texts/write-texts.ts'
import { fileOf } from '../vectors/vectors-twin.ts'

interface Said {
  text: string
  cluster: number
}

/** A text is given its cluster when it first comes to the run. */
function runOf(said: readonly Said[], docFirst: number): OpenTexts {
  const run = new OpenTexts(docFirst)
  for (const [at, { text, cluster }] of said.entries()) {
    const before = run.textCount
    const id = run.addText(toUtf8(text), 0, toUtf8(text).length)
    if (id === before && cluster !== noCluster) run.assign(id, cluster, docFirst + at)
    run.addDoc(id, 0)
  }
  return run
}

const write = (run: OpenTexts, docFirst: number) =>
  writeTexts({ docFirst, sliceMs: 0, packs: [], ...run.columns() })

describe('clusters of texts', () => {
  it('are none in a part from before there were any', async () => {
    const texts = await SealedTexts.open(fileOf(write(runOf([{ text: 'a', cluster: noCluster }], 0), 0)))
    expect([...(await texts.clusters(Uint32Array.of(0))).clusters]).toEqual([noCluster])
    expect((await texts.clusterSizes()).length).toBe(0)
  })

  it.each([1, 2, 3, 4])(
    'are in merged runs what they are in one, and count the same (seed %i)',
    async seed => {
      const random = seededRandom(seed)
      const said = Array.from({ length: 3000 }, (_, at) => {
        const text = `text ${Math.floor(random() * 1200)}`
        return { text, cluster: at < 500 ? noCluster : Math.floor(random() * 5) }
      })
      const cuts = [0, 400, 1500, 2200, said.length]
      const files = cuts
        .slice(1)
        .map((until, i) => fileOf(write(runOf(said.slice(cuts[i], until), cuts[i]!), cuts[i]!)))
      const merged = concat((await mergeTexts(files)).pieces)
      const whole = runOf(said, 0)
      expect(merged).toEqual(concat(write(whole, 0)))
      const first = new Map<string, number>()
      for (const { text, cluster } of said) if (!first.has(text)) first.set(text, cluster)
      for (const docUntil of [1000, said.length]) {
        const counts = [0, 0, 0, 0, 0]
        for (const { text } of said.slice(0, docUntil)) {
          const cluster = first.get(text)!
          if (cluster !== noCluster) counts[cluster]!++
        }
        expect([...(await whole.clusterSizes(docUntil))]).toEqual(counts)
      }
      const sealed = await SealedTexts.open(fileOf([merged]))
      expect(await sealed.clusterSizes()).toEqual(await whole.clusterSizes(said.length))
    },
  )
})
