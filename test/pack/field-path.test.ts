import { describe, expect, it } from 'vitest'
import { attributesOf, keyPartsOf, parseEdge, parseFieldPath } from '../../src/pack/field-path.ts'

describe('a path', () => {
  it.each([
    ['a..b', '"a..b" has an empty name in it'],
    ['.a', '".a" has an empty name in it'],
    ['[]', '"[]" has an empty name in it'],
    ['a[].b[]', '"a[].b[]" goes through two arrays; one [] is understood'],
    ['a[]b', '"a[]b": expected a dot or the end behind []'],
    ['a[0]', '"a[0]": brackets stand only as [] behind the name of an array'],
  ])('%s is refused: %s', (text, fault) => {
    expect(parseFieldPath(text)).toBe(fault)
  })

  it('is of the event, of an element, or the element itself', () => {
    expect(parseFieldPath('user.name')).toEqual({ array: undefined, path: 'user.name' })
    expect(parseFieldPath('a.tags[]')).toEqual({ array: 'a.tags', path: '' })
    expect(parseFieldPath('commits[].author.email')).toEqual({ array: 'commits', path: 'author.email' })
  })
})

describe('a key', () => {
  it('of several parts may do without those that end in a question mark', () => {
    expect(keyPartsOf(['a', 'b?'])).toEqual([
      { field: 'a', isOptional: false },
      { field: 'b', isOptional: true },
    ])
    expect(keyPartsOf('b?')).toEqual([{ field: 'b?', isOptional: false }])
  })
})

describe('attributes', () => {
  it('of a list are named by the end of their path', () => {
    expect(attributesOf(['a', 'b.c', 'd[].e', 'f[]'])).toEqual([
      ['a', 'a'],
      ['c', 'b.c'],
      ['e', 'd[].e'],
      ['f', 'f[]'],
    ])
    expect(attributesOf({ name: 'title' })).toEqual([['name', 'title']])
    expect(attributesOf()).toEqual([])
  })
})

describe('an edge', () => {
  it('is two entities and a type', () => {
    expect(parseEdge('  member   -opened->  vip_group ')).toEqual({
      from: 'member',
      type: 'opened',
      to: 'vip_group',
    })
  })
})
