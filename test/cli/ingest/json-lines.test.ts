import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonLines } from '../../../src/cli/ingest/json-lines.ts'

async function linesOf(text: string, size = text.length): Promise<string[]> {
  const bytes = Buffer.from(text)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += Math.max(1, size))
      yield bytes.subarray(at, at + Math.max(1, size))
  }
  const out: Uint8Array[] = []
  for await (const chunk of jsonLines(chunks())) out.push(chunk)
  const result = Buffer.concat(out)
  expect(result.length).toBe(bytes.length)
  return result
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
}

describe('JSON text put on lines', () => {
  it('puts the elements of an array on a line each, as they stand', async () => {
    expect(await linesOf('[{"a":1},{"b":[2,3]},4,"five, or [5]"]')).toEqual([
      '{"a":1}',
      '{"b":[2,3]}',
      '4',
      '"five, or [5]"',
    ])
  })

  it('makes a pretty-printed element one line that means the same', async () => {
    const lines = await linesOf(JSON.stringify([{ a: { b: [1, 2] } }, { c: 'd' }], null, 2))
    expect(lines.map(line => JSON.parse(line))).toEqual([{ a: { b: [1, 2] } }, { c: 'd' }])
  })

  it('takes one object, also over many lines, and values one after another', async () => {
    expect((await linesOf('{\n  "a": 1\n}\n')).map(line => JSON.parse(line))).toEqual([{ a: 1 }])
    expect((await linesOf('{"a":1}\n{"b":2} {"c":3}\n')).map(line => JSON.parse(line))).toEqual([
      { a: 1 },
      { b: 2 },
      { c: 3 },
    ])
    expect((await linesOf('[{"a":1}]\n[{"b":2}]')).map(line => JSON.parse(line))).toEqual([
      { a: 1 },
      { b: 2 },
    ])
  })

  it('knows brackets and quotes inside strings', async () => {
    const elements = [{ a: '}],[{' }, { 'b"\\': '\\"' }, { c: '\\' }]
    expect((await linesOf(JSON.stringify(elements))).map(line => JSON.parse(line))).toEqual(elements)
  })

  it('keeps what is broken broken, and apart from its neighbours', async () => {
    expect(await linesOf('[{"a":1},{a:2},{"b":3}]')).toEqual(['{"a":1}', '{a:2}', '{"b":3}'])
    const [line] = await linesOf('["a\nb"]')
    expect(line).toBe('"a\tb"')
    expect(() => JSON.parse(line!)).toThrow()
    expect(await linesOf('[{"a":1},{"b":')).toEqual(['{"a":1}', '{"b":'])
    expect(await linesOf('[{"a":1}] trailing')).toEqual(['{"a":1}', 'trailing'])
  })

  it('gives back any array, however it is printed and however it arrives', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      fc.constantFrom(undefined, 1, '\t'),
      fc.integer({ min: 1, max: 50 }),
      async (elements, indent, size) => {
        // Through text once, so that -0 is what JSON makes of it.
        const expected = JSON.parse(JSON.stringify(elements))
        expect(
          (await linesOf(JSON.stringify(elements, null, indent), size)).map(line => JSON.parse(line)),
        ).toEqual(expected)
      },
    )
    await fc.assert(property, { verbose: 1 })
  })
})
