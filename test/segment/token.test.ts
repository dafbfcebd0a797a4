import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../src/base/bytes.ts'
import { noToken } from '../../src/segment/rows.ts'
import { rawBytes, tokenBytes, tokenText, unescaped } from '../../src/segment/token.ts'
import { batchInfo, blocksOf, tokenOf } from './batches.ts'

describe('a token', () => {
  const body = toUtf8(
    '{"a":"plain","b":"\\u00e9\\n\\"","c":-1.50,"d":[1, 2],"e":null,"f":"\\ufeffx","g":"\ufeffx"}',
  )
  const [block] = blocksOf(batchInfo(1), body)
  const textOf = (path: string) => tokenText(block!, tokenOf(block!, 0, path))

  it('reads as text: strings unescapedd, everything else as it is written', () => {
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(textOf)).toEqual([
      'plain',
      'é\n"',
      '-1.50',
      '[1, 2]',
      'null',
      '\ufeffx',
      '\ufeffx',
    ])
  })

  it('that is none is null', () => {
    expect(tokenText(block!, noToken)).toBeNull()
  })

  it('copies nothing unless it has to', () => {
    expect(tokenBytes(block!, tokenOf(block!, 0, 'a')).buffer).toBe(body.buffer)
    expect(fromUtf8(tokenBytes(block!, tokenOf(block!, 0, 'b')))).toBe('é\n"')
  })
})

describe('the raw bytes of an event', () => {
  it('are its exact slice, refused or not', () => {
    const lines = ['{"a" : 1}', 'nonsense', '{"b":"ü"}']
    const [block] = blocksOf(batchInfo(1), toUtf8(`  ${lines.join('  \r\n\n ')}\n`))
    expect(lines.map((_, row) => fromUtf8(rawBytes(block!, row)))).toEqual(lines)
  })
})

describe('unescaped', () => {
  it('is undone by what JSON writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(unescaped(toUtf8(JSON.stringify(text).slice(1, -1)))).toBe(text)
      }),
    )
  })
})
