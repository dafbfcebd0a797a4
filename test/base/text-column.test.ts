import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import { textColumn, textCountOf } from '../../src/base/text-column.ts'

describe('a column of texts', () => {
  it('has their bytes one behind the other, and where each begins', () => {
    const texts = ['gold', '', 'Größe', '漢字 👍', '\0']
    const column = textColumn(texts)
    expect(textCountOf(column)).toBe(texts.length)
    texts.forEach((text, i) => {
      expect(fromUtf8(column.data.subarray(column.offsets[i], column.offsets[i + 1]))).toBe(text)
    })
    expect(column.offsets.at(-1)).toBe(column.data.length)
  })

  it('has a replacement for a surrogate without its other half', () => {
    const { data } = textColumn(['a\ud83d'])
    expect(fromUtf8(data)).toBe('a\ufffd')
  })

  it('may have no texts', () => {
    expect(textCountOf(textColumn([]))).toBe(0)
    expect([...textColumn([]).offsets]).toEqual([0])
  })
})
