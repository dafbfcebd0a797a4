// Runs of texts as one, with the words and vectors that share their numbers.

import { assert } from '../base/assert.ts'
import type { Part, PartRole } from '../contract/segment.ts'
import type { CheckedFile } from './checked.ts'
import type { Joined, MergePlan } from './joined.ts'
import { type MergedTexts, mergeTexts } from './texts/merge-texts.ts'
import { mergeVectors } from './vectors/merge-vectors.ts'
import { mergeWords } from './words/merge.ts'
import { openWords } from './words/sealed.ts'

interface RunTools {
  open: (part: Part) => CheckedFile
  engineModule: WebAssembly.Module
}

/** @throws CorruptPart, here or while the bodies are read */
export async function joinRuns({ parts, beside }: MergePlan, tools: RunTools): Promise<Joined[]> {
  const merged = await mergeTexts(parts.map(tools.open))
  const rows = merged.textCount
  const joined: Joined[] = [{ role: 'texts', parts, rows, body: piecesOf(merged.pieces) }]
  for (const role of ['words', 'vectors'] as const) {
    const others = partsBeside(beside, role)
    if (others.length === 0) continue
    assert(others.length === parts.length, 'runs that have the same beside them')
    joined.push({ role, parts: others, rows, body: bodies[role](others, merged, tools) })
  }
  return joined
}

const bodies = {
  async *words(parts: readonly Part[], { remap, docCounts }: MergedTexts, { open }: RunTools) {
    const inputs = await Promise.all(parts.map(part => openWords(open(part))))
    yield* mergeWords(inputs, { newIds: remap, docCounts })
  },
  vectors(parts: readonly Part[], { remap, textCount }: MergedTexts, { open, engineModule }: RunTools) {
    const inputs = parts.map((part, i) => ({ file: open(part), remap: remap[i]! }))
    return mergeVectors(inputs, { textCount, module: engineModule })
  },
}

function partsBeside(beside: readonly Part[][], role: PartRole): Part[] {
  return beside.flatMap(parts => parts.filter(part => part.role === role))
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
