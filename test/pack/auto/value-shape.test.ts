import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { readShape, type Shape, seen, shapes } from '../../../src/pack/auto/value-shape.ts'

function shapeOf(text: string): Shape {
  const bytes = toUtf8(`"${text}"`)
  readShape(bytes, 1, bytes.length - 1)
  return shapes[seen.shape]!
}

describe('readShape', () => {
  it.each<[Shape, string[]]>([
    ['integer', ['0', '-12', '9007199254740993']],
    ['number', ['1.5', '-0.25']],
    ['uuid', ['550e8400-e29b-41d4-a716-446655440000']],
    ['hash', ['fa6048ec9b9eeafd12cee5f81324f355e1f2a198', 'DEADBEEFDEADBEEF']],
    ['email', ['ada@example.com', 'a.b+c@d.co.uk']],
    ['ip', ['1.2.3.4', '192.168.100.200', '2001:db8::1']],
    ['url', ['https://example.com/a?b=c', 's3://bucket/key']],
    ['path', ['/', '/api/v1/items']],
    ['time', ['2026-01-31', '2026-01-31T10:00:00.123Z', '2026/01/31 10:00']],
    ['coded', ['usr_12', 'ORD-1009', 'T1009', 'eu-west-host-7', 'M1AZWFPF']],
    ['word', ['login', 'a']],
    ['token', ['soumith/fbcunn', '#en.wikipedia', '1.2.3', 'Зажигалка', '日本語']],
    ['phrase', ['New York', 'Talk:Oswald Tilghman', '東京特許許可局長官']],
    ['prose', ['connection lost while opening', "fixed the spelling of 'Wimbledon'"]],
  ])('sees %s', (shape, values) => {
    expect(values.map(value => [value, shapeOf(value)])).toEqual(values.map(value => [value, shape]))
  })

  it('counts words, also of scripts without blanks', () => {
    const wordsOf = (text: string) => {
      shapeOf(text)
      return seen.words
    }
    expect(wordsOf('  one  two\nthree ')).toBe(3)
    expect(wordsOf('这是一条很长的消息内容没有空格也能读懂')).toBeGreaterThanOrEqual(4)
  })

  it('reads the beginning of a long value and no more', () => {
    expect(shapeOf('word '.repeat(100_000))).toBe('prose')
    expect(seen.words).toBeLessThanOrEqual(103)
  })
})
