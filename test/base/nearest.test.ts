import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/base/nearest.ts'

describe('the nearest word', () => {
  const words = ['stream', 'source', 'entity_id', 'limit']
  it.each([
    ['strem', 'stream'],
    ['sorce', 'source'],
    ['LIMIT', 'limit'],
    ['limti', 'limit'],
    ['entity', 'entity_id'],
    ['xyz', undefined],
    ['s', undefined],
    ['', undefined],
    [`stream${'x'.repeat(100_000)}`, undefined],
  ])('to %.20j is %j', (word, expected) => {
    expect(nearest(word, words)).toBe(expected)
  })

  it('to anything is nothing where there are no words', () => {
    expect(nearest('stream', [])).toBeUndefined()
  })
})
