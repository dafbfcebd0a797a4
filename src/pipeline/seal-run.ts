// An open run as parts. A pure function of what is in it, to the byte.

import { finish, type Work } from '../engine/work.ts'
import { writingGraph } from '../segment/graph/write-graph.ts'
import { bounds, makePart, type SealedPart } from '../segment/part.ts'
import { writeTexts } from '../segment/texts/write-texts.ts'
import { writeWords } from '../segment/words/part.ts'
import type { OpenRun } from './open-run.ts'

export interface SealedSpan {
  /** log sequences covered, inclusive */
  seqFirst: number
  seqLast: number
  /** keys of parts whose place these take */
  inputs?: readonly string[]
}

export function sealRun(run: OpenRun, span: SealedSpan): SealedPart[] {
  return finish(sealingRun(run, span))
}

/** The same with pauses, for a thread that is asked questions meanwhile. Nothing may be added until it is done. */
export function* sealingRun(
  run: OpenRun,
  { seqFirst, seqLast, inputs = [] }: SealedSpan,
): Work<SealedPart[]> {
  const { docFirst, docUntil } = run.texts.shapeNow()
  const columns = run.texts.columns()
  const [timeMin, timeMax] = bounds(columns.timesMs)
  const packs = [...run.packs].sort()
  const facts = {
    segmentId: run.segmentId,
    doc_first: docFirst,
    doc_last: docUntil - 1,
    seq_first: seqFirst,
    seq_last: seqLast,
    time_min: timeMin,
    time_max: timeMax,
    raw_bytes: 0,
    packs,
    inputs,
  }
  const unread = run.unreadDocs > 0 && { unread_docs: run.unreadDocs }
  const rows = run.texts.textCount
  const graph = makePart(
    { ...facts, role: 'graph', rows: run.graph.nodeCount },
    yield* writingGraph(run.graph),
  )
  yield { step: 'seal', share: 0.6 }
  const texts = makePart(
    { ...facts, role: 'texts', rows, ...unread },
    writeTexts({ docFirst, sliceMs: run.sliceMs, packs, ...columns }),
  )
  yield { step: 'seal', share: 0.7 }
  const docCounts = Uint32Array.from({ length: rows }, (_, text) => run.texts.countOf(text))
  const words = makePart({ ...facts, role: 'words', rows }, writeWords(run.words, docCounts))
  yield { step: 'seal', share: 0.9 }
  if (!run.vectors) return [graph, texts, words]
  const vectors = makePart(
    { ...facts, role: 'vectors', rows, space: run.vectors.space.id },
    run.vectors.write(),
  )
  return [graph, texts, words, vectors]
}
