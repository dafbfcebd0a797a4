import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { type TextColumn, textColumn } from '../../../src/base/text-column.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import {
  type EmbedExports,
  holdEmbedModel,
  textBytesMax,
  tokensLimit,
} from '../../../src/engine/embed/memory.ts'
import { tokenizeTexts, unknownToken } from '../../../src/engine/embed/wordpiece.ts'
import { startKernels } from '../../../src/engine/kernels.ts'
import { binaries } from '../binaries.ts'
import { modelFile } from './model-file.ts'
import { wordPieces } from './twins/wordpiece.ts'

interface Golden {
  cases: { text?: string; hex?: string; tokens: number[] }[]
  large: { text: string; times: number; tokens: number[] }
  every_point_crc32: number
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/wordpiece.json', import.meta.url), 'utf8'),
)

describe.each(binaries)('word pieces by $name', ({ module }) => {
  const held = holdEmbedModel(startKernels<EmbedExports>(module), modelFile)
  const tokensOf = (texts: TextColumn): number[][] =>
    tokenizeTexts(held, texts).map(tokens =>
      Array.from(tokens, token => (token === unknownToken ? -1 : token)),
    )

  it('are those of Hugging Face, over hostile texts in one batch', () => {
    const texts = columnOf(golden.cases.map(bytesOf))
    const found = tokensOf(texts)
    for (const [i, { tokens, ...text }] of golden.cases.entries())
      expect(found[i], JSON.stringify(text)).toEqual(tokens)
    expect(found.length).toBe(golden.cases.length)
  })

  it('are those of Hugging Face around every character of Unicode', () => {
    const points = Array.from({ length: 0x110000 }, (_, point) => point).filter(
      point => point < 0xd800 || point >= 0xe000,
    )
    const texts = Array.from({ length: Math.ceil(points.length / 64) }, (_, i) =>
      points
        .slice(64 * i, 64 * (i + 1))
        .map(point => `a${String.fromCodePoint(point)}b`)
        .join(' '),
    )
    let checksum = 0
    for (const tokens of tokenizeTexts(held, textColumn(texts))) {
      // an unknown token has all bits set, as −1 has
      checksum = crc32(new Uint8Array(tokens.buffer), checksum)
    }
    expect(checksum).toBe(golden.every_point_crc32)
  })

  it(`of a megabyte are its first ${tokensLimit}`, () => {
    const { text, times, tokens } = golden.large
    expect(tokensOf(textColumn(['before', text.repeat(times), 'after']))).toEqual([
      tokensOf(textColumn(['before']))[0],
      tokens,
      tokensOf(textColumn(['after']))[0],
    ])
  })

  it('come from the first 128 KiB of a text and no more', () => {
    const [inside, outside] = tokensOf(
      textColumn([`${' '.repeat(textBytesMax - 4)}gold`, `${' '.repeat(textBytesMax)}gold`]),
    )
    expect(inside).toEqual(tokensOf(textColumn(['gold']))[0])
    expect(outside).toEqual([])
  })

  it('end a word of a megabyte as one unknown token', () => {
    expect(tokensOf(textColumn(['x'.repeat(1_000_000)]))).toEqual([[-1]])
  })

  it('take a lone half of a surrogate pair for nothing', () => {
    expect(tokensOf(textColumn(['go\ud83dld', '\udc00gold\ud800']))).toEqual(
      tokensOf(textColumn(['gold', 'gold'])),
    )
  })

  it('are those of the plain twin', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const texts = randomTexts(seed, 200)
      const found = tokensOf(textColumn(texts))
      texts.forEach((text, i) => {
        expect(found[i], `seed ${seed}: ${JSON.stringify(text)}`).toEqual(wordPieces(modelFile, text))
      })
    }
  })

  it('stop at the bound that was asked for', () => {
    const few = holdEmbedModel(startKernels<EmbedExports>(module), modelFile, { tokensMax: 3 })
    expect(
      tokenizeTexts(few, textColumn(['one two three four', 'unaffable embeddings'])).map(t => t.length),
    ).toEqual([3, 3])
  })

  it('refuse offsets that fall, lead past the data, or are none', () => {
    const data = new Uint8Array(4)
    for (const offsets of [[], [0, 3, 2], [0, 5], [-1, 2]]) {
      expect(() => tokenizeTexts(held, { data, offsets: Int32Array.from(offsets) }), `${offsets}`).toThrow(
        BadInput,
      )
    }
    expect(tokensOf(textColumn([]))).toEqual([])
    expect(tokensOf(textColumn(['gold']))).toEqual(tokensOf(textColumn(['GOLD'])))
  })

  it('survive any bytes', () => {
    for (const seed of [11, 12, 13]) {
      const random = seededRandom(seed)
      const texts = Array.from({ length: 500 }, () =>
        Uint8Array.from({ length: random() * 60 }, () => random() * 256),
      )
      const found = tokensOf(columnOf(texts))
      texts.forEach((bytes, i) => {
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
        const note = `seed ${seed}: ${Buffer.from(bytes).toString('hex')}`
        expect(found[i], note).toEqual(wordPieces(modelFile, text))
      })
    }
  })
})

function bytesOf({ text, hex }: { text?: string; hex?: string }): Uint8Array {
  return hex === undefined ? new TextEncoder().encode(text) : Buffer.from(hex, 'hex')
}

function columnOf(texts: readonly Uint8Array[]): TextColumn {
  const offsets = new Int32Array(texts.length + 1)
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length
  return { data: Buffer.concat(texts), offsets }
}

const scraps = [
  'the',
  'gold',
  'ing',
  'tion',
  'É',
  'ß',
  '漢',
  '각',
  '👍',
  '\u0301',
  '\0',
  ' ',
  '\n',
  '-',
  '##',
  'q',
  '０',
  'İ',
]

function randomTexts(seed: number, count: number): string[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random() * 40 }, () => scraps[Math.floor(random() * scraps.length)]).join(''),
  )
}
