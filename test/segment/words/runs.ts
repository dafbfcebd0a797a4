// Runs of words as queries meet them: open, sealed, merged, over events whose texts repeat.

import { concat, toUtf8 } from '../../../src/base/bytes.ts'
import type { CheckedFile } from '../../../src/segment/checked.ts'
import { WordsBuilder } from '../../../src/segment/words/builder.ts'
import { mergeWords } from '../../../src/segment/words/merge.ts'
import { OpenWords } from '../../../src/segment/words/open.ts'
import { writeWords } from '../../../src/segment/words/part.ts'
import { planWords, type WordsPlan } from '../../../src/segment/words/plan.ts'
import { parseWordsQuery, type QueryOptions } from '../../../src/segment/words/query.ts'
import type { WordsRun } from '../../../src/segment/words/run.ts'
import { openWords, type SealedWords } from '../../../src/segment/words/sealed.ts'

/** What a run is made of: its distinct texts as they first came, and how many events say each. */
export interface Said {
  texts: string[]
  docCounts: number[]
}

/** @param events  the text of each */
export function saidBy(events: readonly string[]): Said {
  const counts = new Map<string, number>()
  for (const text of events) counts.set(text, (counts.get(text) ?? 0) + 1)
  return { texts: [...counts.keys()], docCounts: [...counts.values()] }
}

function builderOf({ texts }: Said): WordsBuilder {
  const builder = new WordsBuilder()
  for (const [text, content] of texts.entries()) builder.add(text, toUtf8(content))
  return builder
}

export function openRun(said: Said, textUntil = said.texts.length): OpenWords {
  return new OpenWords(builderOf(said), { textUntil, docsOf: text => said.docCounts[text]! })
}

export function partOf(said: Said): Uint8Array {
  return concat(writeWords(builderOf(said), Uint32Array.from(said.docCounts)))
}

export function sealedRun(said: Said): Promise<SealedWords> {
  return openWords(fileOf(partOf(said)))
}

export function fileOf(bytes: Uint8Array): CheckedFile {
  return {
    byteLength: bytes.length,
    slice: async (start, end = bytes.length) => bytes.slice(start, end).buffer as ArrayBuffer,
  }
}

/** Neighbouring runs as one. */
export async function mergedPart(saids: readonly Said[]): Promise<{ bytes: Uint8Array; said: Said }> {
  const all = new Map<string, number>()
  const docCounts: number[] = []
  const newIds = saids.map(said =>
    Uint32Array.from(said.texts, (text, i) => {
      const id = all.get(text) ?? all.size
      all.set(text, id)
      docCounts[id] = (docCounts[id] ?? 0) + said.docCounts[i]!
      return id
    }),
  )
  const inputs = await Promise.all(saids.map(sealedRun))
  const pieces: Uint8Array[] = []
  for await (const piece of mergeWords(inputs, { newIds, docCounts: Uint32Array.from(docCounts) }))
    pieces.push(piece)
  return { bytes: concat(pieces), said: { texts: [...all.keys()], docCounts } }
}

export async function planOver(
  runs: readonly WordsRun[],
  text: string,
  options?: QueryOptions,
): Promise<WordsPlan> {
  const query = parseWordsQuery(text, options)
  return planWords(query, await Promise.all(runs.map(run => run.expand(query))))
}

/** Score of every text that is found, by text. */
export async function found(
  runs: readonly { run: WordsRun; said: Said }[],
  text: string,
  options?: QueryOptions,
): Promise<Record<string, number>> {
  const plan = await planOver(
    runs.map(({ run }) => run),
    text,
    options,
  )
  const scores: Record<string, number> = {}
  for (const { run, said } of runs) {
    const scored = await run.score(plan, { limit: 1e6 })
    for (const [i, id] of scored.texts.entries()) scores[said.texts[id]!] = scored.scores[i]!
  }
  return scores
}
