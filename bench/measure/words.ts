// Indexes of words side by side: ours, and what else installs on Node. Each as its documentation begins; one thread.

import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { alluviumWords } from './words-alluvium.ts'

export interface WordsContender {
  name: string
  /** forgives a wrong letter */
  findsMisspelt: boolean
  build(texts: readonly string[]): Promise<BuiltWords>
}

export interface BuiltWords {
  /** @returns places of texts, the best first; at most k */
  search(text: string, how: { k: number; fuzzy: boolean }): Promise<readonly number[]>
}

/** Those that are installed. */
export function wordsContenders(): WordsContender[] {
  const minisearch = installed<Minisearch>('minisearch')
  const orama = installed<Orama>('@orama/orama')
  const flexsearch = installed<Flexsearch>('flexsearch')
  return [
    alluviumWords,
    ...(minisearch ? [minisearchContender(minisearch)] : []),
    ...(orama ? [oramaContender(orama)] : []),
    ...(flexsearch ? [flexsearchContender(flexsearch)] : []),
  ]
}

type Minisearch = new (options: {
  fields: string[]
}) => {
  addAll(documents: { id: number; text: string }[]): void
  search(text: string, options: { fuzzy?: number }): { id: number }[]
}

/** A letter in five may be wrong, as its documentation has it. */
function minisearchContender(MiniSearch: Minisearch): WordsContender {
  return {
    name: 'minisearch',
    findsMisspelt: true,
    async build(texts) {
      const index = new MiniSearch({ fields: ['text'] })
      index.addAll(texts.map((text, id) => ({ id, text })))
      return {
        search: async (text, { k, fuzzy }) =>
          index
            .search(text, fuzzy ? { fuzzy: 0.2 } : {})
            .slice(0, k)
            .map(({ id }) => id),
      }
    },
  }
}

interface Orama {
  create(options: { schema: { text: 'string' } }): object
  insertMultiple(index: object, documents: { id: string; text: string }[]): unknown
  search(
    index: object,
    query: { term: string; limit: number; tolerance?: number },
  ): Promise<{ hits: { id: string }[] }>
}

function oramaContender({ create, insertMultiple, search }: Orama): WordsContender {
  return {
    name: 'orama',
    findsMisspelt: true,
    async build(texts) {
      const index = create({ schema: { text: 'string' } })
      await insertMultiple(
        index,
        texts.map((text, id) => ({ id: String(id), text })),
      )
      return {
        async search(term, { k, fuzzy }) {
          const { hits } = await search(index, { term, limit: k, ...(fuzzy && { tolerance: 1 }) })
          return hits.map(({ id }) => Number(id))
        },
      }
    },
  }
}

interface Flexsearch {
  Index: new (options: {
    tokenize: 'strict'
  }) => {
    add(id: number, text: string): void
    search(text: string, options: { limit: number; suggest: boolean }): number[]
  }
}

/** Whole words, and texts that lack some of them. */
function flexsearchContender({ Index }: Flexsearch): WordsContender {
  return {
    name: 'flexsearch',
    findsMisspelt: false,
    async build(texts) {
      const index = new Index({ tokenize: 'strict' })
      for (const [id, text] of texts.entries()) index.add(id, text)
      return { search: async (text, { k }) => index.search(text, { limit: k, suggest: true }) }
    },
  }
}

function installed<T>(name: string): T | undefined {
  try {
    return createRequire(resolve('bench/package.json'))(name) as T
  } catch {
    return undefined // its rows are left out
  }
}
