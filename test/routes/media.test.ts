import { describe, expect, it } from 'vitest'
import { bodyEncoding, negotiate } from '../../routes/media.ts'
import { Refused } from '../../src/contract/refused.ts'

describe('Accept', () => {
  const offered = ['application/json', 'application/x-ndjson'] as const
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['APPLICATION/X-NDJSON', 'application/x-ndjson'],
    ['application/json;q=0.5, application/x-ndjson', 'application/x-ndjson'],
    ['application/x-ndjson;q=0.9, */*;q=0.1', 'application/x-ndjson'],
    ['application/json;q=0, */*', 'application/x-ndjson'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
    ['application/x-ndjson;charset=utf-8', 'application/x-ndjson'],
  ])('%j gives %s', (accept, expected) => {
    expect(negotiate(accept, [...offered])).toBe(expected)
  })

  it.each(['text/csv', 'application/json;q=0, application/x-ndjson;q=0', 'application/json;q=2', ','])(
    '%j gives nothing',
    accept => {
      expect(() => negotiate(accept, [...offered])).toThrow(Refused)
    },
  )
})

describe('Content-Encoding', () => {
  it('is what the runtime offers, by its names and its old ones', () => {
    expect(bodyEncoding('GZIP', ['gzip', 'br'])).toBe('gzip')
    expect(bodyEncoding('x-gzip', ['gzip', 'br'])).toBe('gzip')
    expect(bodyEncoding('identity', ['gzip'])).toBeUndefined()
    expect(bodyEncoding(undefined, ['gzip'])).toBeUndefined()
    expect(() => bodyEncoding('zstd', ['gzip', 'br'])).toThrow('gzip, br, identity')
    expect(bodyEncoding('zstd', ['gzip', 'zstd'])).toBe('zstd')
  })
})
