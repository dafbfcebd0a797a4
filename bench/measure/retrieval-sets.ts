// Questions whose right answer is known without a judge: a title asks for the text that it stands over, a comment for the
// issue that it is on, the first half of a remark for the second, the first sentence of a documentation for the rest. People
// wrote both sides, for other ends, and no model here learned from them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { seededRandom } from './random.ts'

export interface RetrievalSet {
  name: string
  /** where it is from, and under which licence */
  source: string
  /** as short as what events say */
  isShort: boolean
  /** distinct */
  texts: string[]
  queries: { text: string /** index of the one text that is right */; right: number }[]
}

interface Pair {
  query: string
  text: string
}

const queriesMax = 1000
const wordsMax = 60
const seed = 8420
const githubPath = resolve('../shared/data/github-events/events.ndjson')
const wikiPath = resolve('../shared/data/wikiticker/edits-2015-09-12.ndjson.gz')
const typesFolder = resolve('node_modules/@types/node')

/** Those whose data is at hand; the small one is at hand in every checkout. */
export function retrievalSets(isSmall: boolean): RetrievalSet[] {
  if (isSmall) return [documentation(200)]
  return [
    ...(existsSync(githubPath) ? [titles(), comments()] : []),
    ...(existsSync(wikiPath) ? [remarks()] : []),
    documentation(queriesMax),
  ]
}

const githubSource = 'GitHub Archive, 2015-01-01, as in the test data of Tantivy (MIT)'

function titles(): RetrievalSet {
  const pairs = issues().map(({ title, body }) => ({ query: title, text: firstWords(body) }))
  return setOf(pairs, { name: 'GitHub: title → body', source: githubSource, isShort: true })
}

function comments(): RetrievalSet {
  const asked = new Map(issues().map(({ id, title, body }) => [id, firstWords(`${title} ${body}`)]))
  const pairs = githubPayloads().flatMap(({ comment, issue }) => {
    const text = issue && asked.get(issue.id)
    const query = firstWords(comment?.body ?? '')
    return text !== undefined && query.split(' ').length >= 8 ? [{ query, text }] : []
  })
  const others = [...asked.values()]
  return setOf(pairs, { name: 'GitHub: comment → issue', source: githubSource, isShort: true, others })
}

interface Issue {
  id: number
  title: string
  body: string
}

interface Payload {
  issue?: { id: number; title: string; body: string | null }
  pull_request?: { id: number; title: string; body: string | null }
  comment?: { body: string }
}

function githubPayloads(): Payload[] {
  return linesOf(readFileSync(githubPath)).map(({ payload }) =>
    typeof payload === 'string' ? JSON.parse(payload) : payload,
  )
}

/** Issues and pull requests that say something. */
function issues(): Issue[] {
  const found = new Map<string, Issue>()
  for (const { issue, pull_request } of githubPayloads()) {
    const told = issue ?? pull_request
    if (!told?.title || !told.body || wordsOf(told.body).length < 8) continue
    found.set(told.title, { id: told.id, title: told.title, body: told.body })
  }
  return [...found.values()]
}

/** English remarks of people, of twelve words and more, without markup; what undoes another edit says the same each time. */
function remarks(): RetrievalSet {
  const pairs = linesOf(gunzipSync(readFileSync(wikiPath)))
    .filter(({ channel, isRobot }) => channel === '#en.wikipedia' && !isRobot)
    .map(({ comment }) => plainRemark(comment))
    .filter(text => !/undid|reverted/i.test(text) && wordsOf(text).length >= 12)
    .map(text => {
      const words = wordsOf(text)
      const middle = words.length >> 1
      return { query: words.slice(0, middle).join(' '), text: words.slice(middle).join(' ') }
    })
  return setOf(pairs, {
    name: 'Wikipedia: first half → second half of a remark',
    source: 'Wikipedia’s recent changes, 2015-09-12, as in the tutorial of Apache Druid (Apache-2.0)',
    isShort: true,
  })
}

function plainRemark(comment: string): string {
  return comment
    .replace(/\/\*(.*?)\*\//g, '$1')
    .replace(/\[\[(?:[^\]|]*\|)?([^\]]*)\]\]/g, '$1')
    .replace(/https?:\/\/\S+/g, '')
}

function documentation(count: number): RetrievalSet {
  const files = readdirSync(typesFolder).filter(name => name.endsWith('.d.ts'))
  const pairs = files.sort().flatMap(name => {
    const source = readFileSync(join(typesFolder, name), 'utf8')
    return [...source.matchAll(/\/\*\*(.*?)\*\//gs)].flatMap(([, comment]) => pairOfComment(comment!))
  })
  const { version, license } = JSON.parse(readFileSync(join(typesFolder, 'package.json'), 'utf8'))
  return setOf(pairs, {
    count,
    name: 'Node’s documentation: first sentence → the rest',
    source: `comments in @types/node ${version} from npm (${license})`,
    isShort: false,
  })
}

function pairOfComment(comment: string): Pair[] {
  const text = comment
    .replaceAll(/^\s*\* ?/gm, '')
    .replace(/^@.*/ms, '')
    .replaceAll(/```.*?```/gs, '')
    .replaceAll(/\{@link (?:[^\s}]+ )?([^}]*)\}/g, '$1')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
  const [first, ...rest] = wordsOf(text)
    .join(' ')
    .split(/(?<=\.) (?=[A-Z])/)
  const asked = wordsOf(first!)
  const answer = wordsOf(rest.join(' '))
  if (asked.length < 4 || asked.length > 25 || answer.length < 8) return []
  return [{ query: asked.join(' '), text: firstWords(answer.join(' ')) }]
}

interface SetOptions extends Pick<RetrievalSet, 'name' | 'source' | 'isShort'> {
  count?: number
  /** texts that no query asks for */
  others?: readonly string[]
}

/** Equal texts are one, as in an index; a question that is asked of two texts has no one answer, and goes. */
function setOf(
  pairs: readonly Pair[],
  { count = queriesMax, others = [], ...told }: SetOptions,
): RetrievalSet {
  const answers = new Map<string, Set<string>>()
  for (const { query, text } of pairs) answers.set(query, (answers.get(query) ?? new Set()).add(text))
  const clear = [...answers].flatMap(([query, texts]) =>
    texts.size === 1 ? [...texts].map(text => ({ query, text })) : [],
  )
  const asked = sample(clear, count)
  const texts = [...new Set([...asked.map(({ text }) => text), ...others])]
  const places = new Map(texts.map((text, place) => [text, place]))
  return {
    ...told,
    texts,
    queries: asked.map(({ query, text }) => ({ text: query, right: places.get(text)! })),
  }
}

/** Drawn from a seed. */
function sample(pairs: readonly Pair[], count: number): Pair[] {
  const random = seededRandom(seed)
  const drawn = pairs.map(pair => ({ pair, lot: random() })).sort((left, right) => left.lot - right.lot)
  return drawn.slice(0, count).map(({ pair }) => pair)
}

// biome-ignore lint/suspicious/noExplicitAny: lines of others, each of which is looked at where it is used
function linesOf(bytes: Uint8Array): any[] {
  return Buffer.from(bytes)
    .toString()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}

function firstWords(text: string): string {
  return wordsOf(text).slice(0, wordsMax).join(' ')
}
