import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { Tokenizer, termBytesMax, textTermsMax } from '../../../src/segment/words/tokenize.ts'

function termsOf(text: string | Uint8Array): string[] {
  const terms: string[] = []
  const tokenizer = new Tokenizer({
    term(bytes, start, end) {
      terms.push(fromUtf8(bytes.subarray(start, end)))
    },
  })
  tokenizer.run(typeof text === 'string' ? toUtf8(text) : text)
  return terms
}

describe('Tokenizer', () => {
  it('cuts a term at 64 bytes, between two code points', () => {
    expect(termsOf('x'.repeat(64))).toEqual(['x'.repeat(64)])
    expect(termsOf('x'.repeat(65))).toEqual(['x'.repeat(64)])
    expect(termsOf(`${'x'.repeat(63)}дy`)).toEqual(['x'.repeat(63)])
    expect(termsOf(`a-${'x'.repeat(62)}`)).toContain(`a-${'x'.repeat(62)}`)
    expect(termsOf(`a-${'x'.repeat(63)}`)).toEqual(['a', 'x'.repeat(63), `a-${'x'.repeat(62)}`])
  })

  it('reads every word of an address that is longer than a term', () => {
    const words = Array.from({ length: 30 }, (_, i) => `word${i}`)
    const terms = termsOf(words.join('/'))
    expect(terms).toEqual([...words, words.join('/').slice(0, 64)])
  })

  it('reads as many terms of a text as a text may have, and no more', () => {
    expect(termsOf('a '.repeat(textTermsMax))).toHaveLength(textTermsMax)
    expect(termsOf('a '.repeat(textTermsMax + 1))).toHaveLength(textTermsMax)
    expect(termsOf('a.b '.repeat(textTermsMax))).toHaveLength(textTermsMax)
    expect(termsOf('猫'.repeat(textTermsMax))).toHaveLength(textTermsMax)
  })

  it('takes a text of 1 MB in which nothing ends', () => {
    expect(termsOf('x'.repeat(1 << 20))).toEqual(['x'.repeat(64)])
    expect(termsOf('-'.repeat(1 << 20))).toEqual([])
    expect(termsOf('\u0301'.repeat(1 << 19))).toEqual([])
    expect(termsOf('xY'.repeat(1 << 19))[0]).toBe('xy'.repeat(32))
  })

  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['nothing but signs', ' \t\n.,;!?()[]{}"<>|— ', []],
    ['English', "The user's page", ['the', 'user', 's', "user's", 'page']],
    ['French', 'Élève à l’école', ['eleve', 'a', 'l', 'ecole', "l'ecole"]],
    ['German', 'Ärger STRASSE Straße', ['arger', 'strasse', 'strasse']],
    ['Polish and Danish', 'Łódź Ærø', ['lodz', 'aero']],
    ['Turkish', 'İstanbul ısı', ['istanbul', 'isi']],
    ['Greek', 'ΣΟΦΟΣ σοφός', ['σοφοσ', 'σοφοσ']],
    ['Russian', 'Ёлка ЁЖ', ['елка', 'еж']],
    ['accents apart from their letters', 'cafe\u0301 n\u0303', ['cafe', 'n']],
    ['Arabic without its vowels', 'مُحَمَّد', ['محمد']],
    ['Hebrew without its points', 'שָׁלוֹם', ['שלום']],
    ['Hindi with its vowels', 'हिन्दी में', ['हिन्दी', 'में']],
    ['Chinese', '东京塔', ['东京', '京塔', '塔']],
    ['one letter of Chinese', '猫', ['猫']],
    ['Japanese', 'カメラ', ['カメ', 'メラ', 'ラ']],
    ['Thai', 'สวัสดี', ['สวั', 'วัส', 'สดี', 'ดี']],
    ['Latin within Chinese', 'iPhone手机v2', ['iphone', 'phone', '手机', '机', 'v2']],
    ['full width', 'ＥＲＲ＿４２', ['err', '42', 'err_42']],
    ['ligatures and circles', 'ﬁne ①', ['fine', '1']],
    ['emoji, each by itself', 'ok👍🏽👨‍👩‍👧', ['ok', '👍', '👨', '👩', '👧']],
    ['an error code', 'ERR_CONNECTION_REFUSED', ['err', 'connection', 'refused', 'err_connection_refused']],
    ['an id', 'user-4711.', ['user', '4711', 'user-4711']],
    ['a path', '(/api/v1/login)', ['api', 'v1', 'login', 'api/v1/login']],
    ['an address', '<a.b@c.de>', ['a', 'b', 'c', 'de', 'a.b@c.de']],
    ['a URL', 'https://x.org/p?q=1', ['https', 'x', 'org', 'p', 'q', '1', 'https://x.org/p?q=1']],
    ['a version', 'v1.2.3', ['v1', '2', '3', 'v1.2.3']],
    ['camelCase', 'userList', ['userlist', 'user', 'list']],
    [
      'capitals within camelCase',
      'HTTPServer parseUtf8Text',
      ['httpserver', 'http', 'server', 'parseutf8text', 'parse', 'utf8', 'text'],
    ],
    ['camelCase beyond ASCII', 'größeÄndern', ['grosseandern', 'grosse', 'andern']],
    ['camelCase within an id', 'x:userList', ['x', 'userlist', 'user', 'list', 'x:userlist']],
    ['an underlined heading', 'a----b', ['a', 'b']],
    ['NUL', 'a\0b', ['a', 'b']],
    ['surrogates without their other half', 'a\ud800b\udfffc', ['a', 'b', 'c']],
    ['directions and joiners', '\u202ea\u200db\ufeffc', ['abc']],
  ])('reads %s', (_, text, terms) => {
    expect(termsOf(text)).toEqual(terms)
  })

  it('reads composed and decomposed text alike, and full and half width', () => {
    for (const text of ['Ångström', 'がぎぐ', '한국어', 'Việt Nam', 'ﾊﾟﾘ'])
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
        expect(termsOf(text.normalize(form))).toEqual(termsOf(text))
  })

  it('finds some answer in any bytes, within its bounds, and tells where each term stands', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed)
      const alphabet = [
        'a',
        'Z',
        '9',
        '-',
        '.',
        ' ',
        '\0',
        'é',
        'ß',
        '猫',
        'が',
        '\u0301',
        '👍',
        '한',
        '\u200d',
      ]
      const text = concatOf(random, alphabet)
      let before = 0
      const tokenizer = new Tokenizer({
        term(bytes, start, end, { sourceStart, sourceEnd }) {
          const length = end - start
          expect(length > 0 && length <= termBytesMax, `seed ${seed}`).toBe(true)
          expect(bytes.subarray(start, end).includes(0), `seed ${seed}`).toBe(false)
          expect(fromUtf8(bytes.subarray(start, end)), `seed ${seed}`).not.toContain('\ufffd')
          expect(0 <= sourceStart && sourceStart < sourceEnd && sourceEnd <= text.length).toBe(true)
          before++
        },
      })
      tokenizer.run(text)
      expect(before, `seed ${seed}`).toBeLessThanOrEqual(textTermsMax)
    }
  })
})

function concatOf(random: () => number, alphabet: readonly string[]): Uint8Array {
  let text = ''
  for (let i = 0; i < 200; i++) text += alphabet[Math.floor(random() * alphabet.length)]!
  const bytes = toUtf8(text)
  for (let i = 0; i < 5; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  return bytes
}
