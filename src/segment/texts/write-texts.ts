// The part `texts`: the distinct texts of a run, which docs have which, and when each doc happened.
//
//   data u8, offsets u32[texts + 1]     the texts
//   hashes u64[texts]                   see hash.ts
//   docs u32[docs with a text]          by text, rising; doc_starts u32[texts + 1]
//   times u32[docs]                     event time in ms after the slice's start, in doc order
//   text_of i32[docs]                   -1 for none
//   clusters u16[texts], cluster_steps u32[texts]   see clusters.ts; missing where no text has a cluster

import type { TextColumn } from '../../base/text-column.ts'
import { writeSections } from '../sections.ts'
import { clusterSections, type TextClusters } from './clusters.ts'

export interface TextsColumns {
  docFirst: number
  /** start of the slice */
  sliceMs: number
  texts: TextColumn
  hashes: BigUint64Array
  textOf: Int32Array
  timesMs: Float64Array
  clusters: TextClusters
  /** embedder-independent: which packs made the texts, `gaming@3` */
  packs: readonly string[]
}

export interface TextsHead {
  doc_first: number
  slice_ms: number
  first_ms: number
  last_ms: number
  packs: string[]
}

export function writeTexts(columns: TextsColumns): Uint8Array[] {
  const { docFirst, sliceMs, texts, hashes, textOf, timesMs } = columns
  const { docStarts, docs } = docsByText(textOf, hashes.length, docFirst)
  const times = Uint32Array.from(timesMs, timeMs => timeMs - sliceMs)
  let firstMs = Number.POSITIVE_INFINITY
  let lastMs = Number.NEGATIVE_INFINITY
  for (const timeMs of timesMs) {
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
  }
  const head: TextsHead = {
    doc_first: docFirst,
    slice_ms: sliceMs,
    first_ms: firstMs,
    last_ms: lastMs,
    packs: [...columns.packs],
  }
  return writeSections({ ...head }, [
    { name: 'offsets', element: 'u32', numbers: Uint32Array.from(texts.offsets) },
    { name: 'hashes', element: 'u64', numbers: hashes },
    { name: 'doc_starts', element: 'u32', numbers: docStarts },
    { name: 'docs', element: 'u32', numbers: docs },
    { name: 'times', element: 'u32', numbers: times },
    { name: 'text_of', element: 'i32', numbers: textOf },
    ...clusterSections(columns.clusters),
    { name: 'data', element: 'u8', numbers: texts.data },
  ])
}

/** Counting sort of docs by their text. */
function docsByText(textOf: Int32Array, textCount: number, docFirst: number) {
  const docStarts = new Uint32Array(textCount + 1)
  for (const text of textOf) if (text >= 0) docStarts[text + 1]!++
  for (let text = 0; text < textCount; text++) docStarts[text + 1]! += docStarts[text]!
  const next = docStarts.slice(0, textCount)
  const docs = new Uint32Array(docStarts[textCount]!)
  for (let at = 0; at < textOf.length; at++) {
    const text = textOf[at]!
    if (text >= 0) docs[next[text]!++] = docFirst + at
  }
  return { docStarts, docs }
}
