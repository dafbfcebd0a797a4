import { describe, expect, it } from 'vitest'
import {
  parseWordsQuery,
  plainWordsQuery,
  type QueryOptions,
  queryLengthMax,
  queryTermsMax,
} from '../../../src/segment/words/query.ts'

/** `term`, `term*` for a beginning, `term~2` for edits, `(term)` for one that counts nothing */
function written(text: string, options?: QueryOptions): string {
  const { terms, gates } = parseWordsQuery(text, options)
  const parts = terms.map(({ term, prefix, edits, isSilent }) => {
    const full = `${term}${prefix ? '*' : ''}${edits > 0 ? `~${edits}` : ''}`
    return isSilent ? `(${full})` : full
  })
  for (const { terms: gate, mustHold } of gates) parts.push(`${mustHold ? 'only' : 'not'} ${gate.join('&')}`)
  return parts.join(' ')
}

describe('parseWordsQuery', () => {
  it('looks at so many terms and so much text, and at nothing that follows', () => {
    const many = Array.from({ length: queryTermsMax + 1 }, (_, i) => `w${i}`).join(' ')
    expect(parseWordsQuery(many).terms.map(({ term }) => term)).toEqual(
      many.split(' ').slice(0, queryTermsMax),
    )
    expect(written(`${' '.repeat(queryLengthMax - 1)}a b`)).toBe('a')
  })

  it.each<[string, string, QueryOptions | undefined, string]>([
    ['nothing', '', {}, ''],
    ['no words', ' ?! + - * "" ', {}, ''],
    ['words', 'Red apple', {}, 'red apple'],
    ['a word twice', 'red Red', {}, 'red'],
    ['an id and its pieces', 'user-4711', {}, 'user 4711 user-4711'],
    ['a beginning', 'conn* x', {}, 'conn* x'],
    ['the word being typed', 'red app', { prefix: true }, 'red app*'],
    ['the id being typed', 'user-47', { prefix: true }, 'user 47* user-47*'],
    [
      'slips in words of 4, 7 and 8 letters',
      'one four seventh eighteen',
      { fuzzy: true },
      'one four~1 seventh~1 eighteen~2',
    ],
    ['letters, not bytes', 'дом домик', { fuzzy: true }, 'дом домик~1'],
    ['no slips in what holds digits', 'user-4711', { fuzzy: true }, 'user~1 4711 user-4711'],
    ['no slips in a beginning', 'conn*', { fuzzy: true }, 'conn*'],
    ['slips in the word being typed', 'conn', { fuzzy: true, prefix: true }, 'conn*~1'],
    ['what must be', '+red apple', {}, 'red apple only 0'],
    ['what must not be', 'apple -red', {}, 'apple (red) not 1'],
    ['an id that must be', '+user-4711', {}, 'user 4711 user-4711 only 2'],
    ['an id that must not be', '-user-4711', {}, '(user-4711) not 0'],
    ['quotes', '"red apples" tree', { fuzzy: true, prefix: true }, 'red apples tree*~1 only 0&1'],
    ['quotes that are not closed', '"red apples', { prefix: true }, 'red apples only 0&1'],
    ['quotes that must not be', '-"red apples" tree', {}, '(red) (apples) tree not 0&1'],
    ['an unspaced word', '東京都', {}, '東京 京都'],
    ['an unspaced word that must be', '+東京都', {}, '東京 京都 only 0&1'],
    ['one letter of an unspaced script', '京', {}, '京*'],
  ])('reads %s', (_, text, options, expected) => {
    expect(written(text, options)).toBe(expected)
  })
})

describe('plainWordsQuery', () => {
  it('takes signs for what they are in a text', () => {
    const { terms, gates } = plainWordsQuery('-user-4711 said "no way" *twice*')
    expect(terms.map(({ term }) => term)).toEqual(['user', '4711', 'user-4711', 'said', 'no', 'way', 'twice'])
    expect(terms.every(({ prefix, edits, isSilent }) => !prefix && edits === 0 && !isSilent)).toBe(true)
    expect(gates).toEqual([])
  })

  it('looks at so many terms and no more', () => {
    const many = Array.from({ length: queryTermsMax + 1 }, (_, i) => `w${i}`).join(' ')
    expect(plainWordsQuery(many).terms).toHaveLength(queryTermsMax)
  })
})
