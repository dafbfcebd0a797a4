import { describe, expect, it } from 'vitest'
import type { QueryOptions } from '../../../src/segment/words/query.ts'
import { found, openRun, saidBy, sealedRun } from './runs.ts'

describe('a query', () => {
  const texts = [
    'The user could not log in: ERR_CONNECTION_REFUSED',
    'user-4711 opened /api/v1/login',
    'user-4712 wrote to a.b@c.de',
    'Connexion refusée par le serveur',
    '東京都の天気',
    'vandalism reports on the front page',
  ]
  const said = saidBy(texts)

  async function hits(text: string, options?: QueryOptions): Promise<number[]> {
    const opened = await found([{ run: openRun(said), said }], text, options)
    const sealed = await found([{ run: await sealedRun(said), said }], text, options)
    expect(opened).toEqual(sealed)
    const byScore = Object.entries(opened).sort(
      ([x, a], [y, b]) => b - a || texts.indexOf(x) - texts.indexOf(y),
    )
    return byScore.map(([hit]) => texts.indexOf(hit))
  }

  it.each<[string, string, QueryOptions | undefined, number[]]>([
    ['nothing for unknown words', 'nowhere else seen-there', {}, []],
    ['nothing for no words', ' ?! ', {}, []],
    ['nothing for lone operators', '+ - * ""', {}, []],
    ['nothing for a query of 1 MB', 'zzz '.repeat(1 << 18), {}, []],
    ['an error code whole', 'err_connection_refused', {}, [0]],
    ['an error code by its pieces', 'refused', {}, [0]],
    ['an id alone before its like', 'user-4711', {}, [1, 0, 2]],
    ['an id that must be there', '+user-4711', {}, [1]],
    ['a path', '+/api/v1/login', {}, [1]],
    ['an address', '+A.B@C.DE', {}, [2]],
    ['a word without its accents', 'refusee', {}, [3]],
    ['letters within an unspaced text', '天気', {}, [4]],
    ['one letter within an unspaced text', '京', {}, [4]],
    ['the beginning of a word', 'vand*', {}, [5]],
    ['the word that is being typed', 'front pa', { prefix: true }, [5, 3]],
    ['no beginning unless asked', 'vand', {}, []],
    ['a slip of the finger', 'vandlaism', { fuzzy: true }, [5]],
    ['a slip in the word that is being typed', 'vandlaism', { fuzzy: true, prefix: true }, [5]],
    ['no slip unless asked', 'vandlaism', {}, []],
    ['all words in quotes, in any order', '"page front"', {}, [5]],
    ['none where one of the quoted is missing', '"page back"', {}, []],
    ['what does not hold a word', 'user -opened', {}, [0, 2]],
    ['only what holds a word', 'the +page', {}, [5]],
  ])('finds %s', async (_, text, options, expected) => {
    expect(await hits(text, options)).toEqual(expected)
  })
})
