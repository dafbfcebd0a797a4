// A search that asks for nothing: the newest events in scope.

import { newestFirst, type RankedDoc } from './expand.ts'
import type { ScopedRun } from './scoped.ts'

export async function newestDocs(scoped: readonly ScopedRun[], docsMax: number): Promise<RankedDoc[]> {
  const found = await Promise.all(scoped.map(run => newestOfRun(run, docsMax)))
  return found.flat().sort(newestFirst).slice(0, docsMax)
}

async function newestOfRun(run: ScopedRun, docsMax: number): Promise<RankedDoc[]> {
  const { docs, timesMs, texts } = await run.run.texts.newest(run.scope, docsMax)
  return Array.from(docs, (doc, i) => ({
    run,
    doc,
    timeMs: timesMs[i]!,
    sameText: 1,
    text: { hash: 0n, score: 0, at: texts[i]! < 0 ? [] : [{ run, text: texts[i]! }] },
  }))
}
