import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Block, type LineBlocksOptions, lineBlocks } from '../../../src/cli/ingest/line-blocks.ts'

async function* chunked(text: Uint8Array, sizes: readonly number[]) {
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes.length === 0 ? text.length : sizes[i % sizes.length]!
    yield text.subarray(at, at + size)
    at += size
  }
}

interface Cut {
  blocks: Block[]
  tooLong: [number, number][]
}

async function cut(text: string, more: Partial<LineBlocksOptions> & { sizes?: number[] } = {}): Promise<Cut> {
  const tooLong: [number, number][] = []
  const { sizes = [], ...options } = more
  const bytes = Buffer.from(text)
  const blocks: Block[] = []
  const stream = lineBlocks(chunked(bytes, sizes), {
    blockBytesMax: 16,
    lineBytesMax: 40,
    firstRow: 0,
    firstOffset: 0,
    fromRow: 0,
    onTooLong: (row, size) => tooLong.push([row, size]),
    ...options,
  })
  for await (const block of stream) blocks.push(block)
  return { blocks, tooLong }
}

const bodies = ({ blocks }: Cut) => blocks.map(block => Buffer.from(block.body).toString())

describe('lines cut into blocks', () => {
  it('fills a block with whole lines and never more than it holds', async () => {
    const found = await cut('aaaa\nbbbb\ncccc\ndddd\n')
    expect(bodies(found)).toEqual(['aaaa\nbbbb\ncccc\n', 'dddd\n'])
    expect(found.blocks.map(({ firstRow, rowCount, endOffset }) => [firstRow, rowCount, endOffset])).toEqual([
      [0, 3, 15],
      [3, 1, 20],
    ])
  })

  it('takes a last line that no line break ends', async () => {
    expect(bodies(await cut('a\nb'))).toEqual(['a\nb'])
  })

  it('gives nothing for nothing', async () => {
    expect((await cut('')).blocks).toEqual([])
    expect((await cut('\n \r\n\t\n')).blocks).toEqual([])
  })

  it('leaves blank lines out and does not count them', async () => {
    const found = await cut('a\n\n  \nb\r\n\r\nc\n', { blockBytesMax: 100 })
    expect(bodies(found)).toEqual(['a\nb\r\nc\n'])
    expect(found.blocks[0]).toMatchObject({ firstRow: 0, rowCount: 3, endOffset: 13 })
  })

  it('gives a line longer than a block a block of its own', async () => {
    const long = 'x'.repeat(30)
    expect(bodies(await cut(`a\n${long}\nb\n`))).toEqual(['a\n', `${long}\n`, 'b\n'])
  })

  it.each([[[]], [[1]], [[7]], [[64]]])(
    'tells a line that no body can carry, keeps its number, and goes on (chunks of %j)',
    async sizes => {
      const found = await cut(`a\n${'x'.repeat(100)}\nb\n${'y'.repeat(50)}`, { sizes })
      expect(bodies(found).join('')).toBe('a\nb\n')
      expect(found.tooLong).toEqual([
        [1, 101],
        [3, 50],
      ])
      expect(found.blocks.map(block => block.firstRow)).toEqual([0, 2])
    },
  )

  it('cuts at the same places however the bytes arrive, and loses none', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '{', ' ', '\r', 'é'), maxLength: 25 })
    const runs = fc.asyncProperty(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 40 })),
      async (lines, sizes) => {
        const text = lines.join('\n')
        const [whole, pieces] = [await cut(text), await cut(text, { sizes })]
        expect(pieces.blocks).toEqual(whole.blocks)
        const held = lines.filter(one => /[^ \t\r\n]/.test(one))
        const sent = bodies(whole)
          .join('')
          .split('\n')
          .filter(one => one !== '')
        const short = held.filter(one => Buffer.byteLength(one) < 40)
        expect(sent.filter(one => Buffer.byteLength(one) < 39)).toEqual(
          short.filter(one => Buffer.byteLength(one) < 39),
        )
        for (const { body } of whole.blocks)
          expect(body.length <= 16 || body.indexOf(10) === body.length - 1 || !body.includes(10)).toBe(true)
        const rows = whole.blocks.flatMap(({ firstRow, rowCount }) =>
          Array.from({ length: rowCount }, (_, i) => firstRow + i),
        )
        expect([...rows, ...whole.tooLong.map(([row]) => row)].sort((a, b) => a - b)).toEqual(
          held.map((_, row) => row),
        )
      },
    )
    await fc.assert(runs, { verbose: 1 })
  })

  it('goes on from any row, by number or by offset, with the rows that were left', async () => {
    const text = Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? '' : `{"n":${i}}`)).join('\n')
    const whole = await cut(text)
    const lines = bodies(whole).join('').split('\n')
    for (let row = 0; row <= lines.length; row++) {
      const rest = await cut(text, { fromRow: row })
      expect(bodies(rest).join('').split('\n').filter(Boolean)).toEqual(lines.slice(row).filter(Boolean))
      if (rest.blocks[0]) expect(rest.blocks[0].firstRow).toBe(row)
    }
    for (const { endOffset, firstRow, rowCount } of whole.blocks) {
      const next = firstRow + rowCount
      const rest = await cut(text.slice(endOffset), { firstRow: next, firstOffset: endOffset, fromRow: next })
      expect(rest.blocks).toEqual(whole.blocks.filter(block => block.firstRow >= next))
    }
  })
})
