// Our index of words behind the bench's interface: built as a run is, written as its part, and searched from that part,
// which lies in memory here.

import { concat, toUtf8 } from '../../src/base/bytes.ts'
import type { CheckedFile } from '../../src/segment/checked.ts'
import { WordsBuilder } from '../../src/segment/words/builder.ts'
import { writeWords } from '../../src/segment/words/part.ts'
import { planWords } from '../../src/segment/words/plan.ts'
import { parseWordsQuery, type WordsQuery } from '../../src/segment/words/query.ts'
import type { Scored } from '../../src/segment/words/run.ts'
import { openWords, type SealedWords } from '../../src/segment/words/sealed.ts'
import { exactly, forgiveUnknown } from '../../src/segment/words/slips.ts'
import type { WordsContender } from './words.ts'

export const alluviumWords: WordsContender = {
  name: 'Alluvium',
  findsMisspelt: true,
  async build(texts) {
    const run = await indexWords(texts)
    return {
      search: async (text, { k, fuzzy }) => [
        ...(await askWords(run, parseWordsQuery(text, { fuzzy }), k)).texts,
      ],
    }
  },
}

/** A sealed run of texts that are one event each. */
export function indexWords(texts: readonly string[]): Promise<SealedWords> {
  const builder = new WordsBuilder()
  for (const [id, text] of texts.entries()) builder.add(id, toUtf8(text))
  return openWords(fileOf(concat(writeWords(builder, new Uint32Array(texts.length).fill(1)))))
}

/** As the service asks: words as they are written first, and slips forgiven only in those that nothing says. */
export async function askWords(run: SealedWords, query: WordsQuery, limit: number): Promise<Scored> {
  const exact = exactly(query)
  const known = await run.expand(exact)
  const forgiving = forgiveUnknown(query, [known])
  const plan = forgiving ? planWords(forgiving, [await run.expand(forgiving)]) : planWords(exact, [known])
  return run.score(plan, { limit })
}

function fileOf(bytes: Uint8Array): CheckedFile {
  return {
    byteLength: bytes.length,
    slice: async (start, end = bytes.length) => bytes.slice(start, end).buffer as ArrayBuffer,
  }
}
