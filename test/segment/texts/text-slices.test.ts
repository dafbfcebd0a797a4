import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { textCountOf } from '../../../src/base/text-column.ts'
import { OpenTexts } from '../../../src/segment/texts/open-texts.ts'
import { textSlices } from '../../../src/segment/texts/text-slices.ts'
import { writeTexts } from '../../../src/segment/texts/write-texts.ts'
import { fileOf } from '../vectors/vectors-twin.ts'

function sealed(texts: readonly string[]) {
  const run = new OpenTexts(0)
  for (const text of texts) {
    const bytes = toUtf8(text)
    run.addDoc(run.addText(bytes, 0, bytes.length), 0)
  }
  return fileOf(writeTexts({ docFirst: 0, sliceMs: 0, packs: [], ...run.columns() }))
}

async function slicesOf(texts: readonly string[], bounds: { textsMax: number; bytes: number }) {
  const slices: string[][] = []
  for await (const slice of textSlices(sealed(texts), bounds))
    slices.push(
      Array.from({ length: textCountOf(slice) }, (_, i) =>
        fromUtf8(slice.data.subarray(slice.offsets[i], slice.offsets[i + 1])),
      ),
    )
  return slices
}

describe('texts, a slice at a time', () => {
  it('are as many as a call takes, and no more bytes, unless one text alone has more', async () => {
    expect(await slicesOf(['a', 'b', 'c'], { textsMax: 2, bytes: 100 })).toEqual([['a', 'b'], ['c']])
    expect(await slicesOf(['aaaa', 'bb', 'c'], { textsMax: 9, bytes: 3 })).toEqual([['aaaa'], ['bb', 'c']])
    expect(await slicesOf([], { textsMax: 9, bytes: 3 })).toEqual([])
  })

  it.each([1, 2, 3])('are all of them, in their order (seed %i)', async seed => {
    const random = seededRandom(seed)
    const texts = Array.from({ length: 200 }, (_, i) => `${i} ${'é'.repeat(Math.floor(random() * 40))}`)
    const slices = await slicesOf(texts, { textsMax: 1 + Math.floor(random() * 20), bytes: 300 })
    expect(slices.flat()).toEqual(texts)
  })
})
