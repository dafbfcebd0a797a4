// Texts to find by their words, and what is asked of them: edits of Wikipedia where that data is at hand, else, and in the
// small run, what members of a made-up gaming site say. A query is two or three words of one text, which should be found.

import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { plants } from '../../src/generate/gaming-options.ts'
import { gamingStream } from '../../src/generate/gaming-stream.ts'
import { seededRandom } from './random.ts'

export interface WordCorpus {
  name: string
  /** distinct */
  texts: string[]
  queries: WordQuery[]
}

export interface WordQuery {
  text: string
  /** the same, each of its words with one letter wrong */
  misspelt: string
  /** the text that its words are from */
  source: number
}

const wikiPath = resolve('../shared/data/wikiticker/edits-2015-09-12.ndjson.gz')
const seed = 8420
const wordsPerQuery = [2, 3] as const
const letters = 'abcdefghijklmnopqrstuvwxyz'

export function wordCorpus({ isSmall, queryCount }: { isSmall: boolean; queryCount: number }): WordCorpus {
  const { name, texts } =
    isSmall || !existsSync(wikiPath) ? gamingTexts(isSmall ? 4000 : 400_000) : wikiTexts()
  return { name, texts, queries: drawQueries(texts, queryCount) }
}

function wikiTexts() {
  const lines = gunzipSync(readFileSync(wikiPath)).toString().trim().split('\n')
  const texts = lines.map(line => {
    const { page, comment } = JSON.parse(line)
    return `${page}: ${comment}`
  })
  return { name: 'Wikipedia edits', texts: [...new Set(texts)] }
}

function gamingTexts(eventCount: number) {
  const texts = new Set<string>()
  const startMs = Date.UTC(2026, 0, 5)
  const stream = {
    members: 1000,
    days: 1,
    seed,
    rate: eventCount / 86_400,
    distinct: 0.5,
    startMs,
    plant: plants,
  }
  for (const block of gamingStream(stream)) {
    for (const line of Buffer.from(block).toString().trim().split('\n')) {
      const { event, game = '', query = '', message = '' } = JSON.parse(line)
      texts.add(`${event} ${game} ${query} ${message}`.trim())
    }
  }
  return { name: 'gaming stream', texts: [...texts] }
}

function drawQueries(texts: readonly string[], count: number): WordQuery[] {
  const random = seededRandom(seed)
  const whole = (below: number) => Math.floor(random() * below)
  const misspell = (word: string) => {
    const at = whole(word.length)
    return `${word.slice(0, at)}${letters[whole(letters.length)]}${word.slice(at + 1)}`
  }
  const queries: WordQuery[] = []
  while (queries.length < count) {
    const source = whole(texts.length)
    const words = [...new Set(texts[source]!.toLowerCase().match(/\p{L}{5,}/gu))]
    const wanted = wordsPerQuery[whole(wordsPerQuery.length)]!
    if (words.length < wanted) continue
    const drawn = Array.from({ length: wanted }, () => words.splice(whole(words.length), 1)[0]!)
    queries.push({ text: drawn.join(' '), misspelt: drawn.map(misspell).join(' '), source })
  }
  return queries
}
