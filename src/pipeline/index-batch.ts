// How a batch gets into the open runs of its segments, as the list of its stages. What may fail comes first and changes
// nothing, so that it can be tried again; what changes runs comes last and is done in one turn, so that nobody sees half of
// a batch.
//
//   observe   the pack `auto` looks at it, and may decide anew
//   derive    the pack makes nodes, edges, attributes and texts of its events
//   embed     texts that a run does not have yet become vectors
//   relate    nodes and edges go into the graph
//   cluster   vectors and entities move the stream's models, and get their clusters
//   index     texts, words and vectors go into their indexes

import type { TextColumn } from '../base/text-column.ts'
import { textCountOf } from '../base/text-column.ts'
import type { Plan } from '../pack/plan.ts'
import type { Embedder } from '../ports/embedder.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Derived } from '../segment/derived.ts'
import type { Placed } from '../segment/graph/builder.ts'
import type { TextClusters } from '../segment/texts/clusters.ts'
import { derive } from './derive.ts'
import type { OpenRun } from './open-run.ts'

export interface PrepareContext {
  /** the plan of the batch's pack; `auto` has looked at the batch when it answers. undefined where there is none */
  planOf(batch: CheckedBatch): Promise<Plan | undefined>
  /** undefined where vectors follow later */
  embedder: Embedder | undefined
}

/** What was made of a batch, before it is in any run. */
export interface Prepared {
  /** undefined for a batch that could not be read: it is stored, and says and mentions nothing */
  derived: Derived | undefined
  /** the one that read it, or should have */
  pack: string | undefined
  vectors: Vectors | undefined
  /** of the derived texts; undefined where they get none */
  clusters?: TextClusters | undefined
}

/** Of the derived texts, row by row. */
export interface Vectors {
  vectors: Float32Array
  empty: Uint8Array
  dims: number
}

/** @throws EmbedError, StoreError: then it may be tried again */
export async function prepareBatch(batch: CheckedBatch, context: PrepareContext): Promise<Prepared> {
  const plan = await context.planOf(batch)
  if (!plan) return unread(batch)
  const derived = derive(plan, batch)
  return {
    derived,
    pack: `${plan.pack}@${plan.version}`,
    vectors: context.embedder && (await embed(derived.texts, context.embedder)),
  }
}

export function unread({ batch: { pack } }: CheckedBatch): Prepared {
  return { derived: undefined, pack: pack && `${pack.name}@${pack.version}`, vectors: undefined }
}

/** @param runOf  the open run of a segment; a new one begins with that doc */
export function indexBatch(
  batch: CheckedBatch,
  prepared: Prepared,
  runOf: (segmentId: string, docFirst: number) => OpenRun,
): void {
  for (const [segment, segmentId] of batch.segmentIds.entries()) {
    const placed = placeRows(batch, segment)
    const docFirst = placed.doc.find(doc => doc >= 0)
    if (docFirst === undefined) continue
    const run = runOf(segmentId, docFirst)
    const { docUntil: docsBefore } = run.texts.shapeNow()
    if (prepared.pack !== undefined) run.packs.add(prepared.pack)
    relate(run, placed, prepared)
    index(run, placed, prepared)
    const { docUntil, textCount } = run.texts.shapeNow()
    if (!prepared.derived) run.unreadDocs += docUntil - docsBefore
    run.batches.push({ batch, shown: { seq: batch.batch.seq, docUntil, textUntil: textCount } })
  }
}

function relate(run: OpenRun, placed: Placed, { derived }: Prepared): void {
  if (derived) run.graph.add(derived, placed)
}

function index(run: OpenRun, { doc, timeMs }: Placed, { derived, vectors, clusters }: Prepared): void {
  const { textCount } = run.texts
  const known = new Int32Array(derived ? textCountOf(derived.texts) : 0).fill(-1)
  const fresh: number[] = []
  for (let row = 0; row < doc.length; row++) {
    if (doc[row]! < 0) continue
    const text = derived ? derived.textOf[row]! : -1
    if (text >= 0 && known[text]! < 0) known[text] = addText(run, derived!.texts, text, fresh)
    run.texts.addDoc(text < 0 ? -1 : known[text]!, timeMs[row]!)
  }
  if (clusters)
    for (const [i, text] of fresh.entries())
      run.texts.assign(textCount + i, clusters.clusters[text]!, clusters.steps[text]!)
  if (run.vectors && vectors && fresh.length > 0) run.vectors.append(...rowsOf(vectors, fresh))
}

/** @param fresh  derived texts that the run has not had before, added to in the order of their ids */
function addText(run: OpenRun, { data, offsets }: TextColumn, text: number, fresh: number[]): number {
  const [start, end] = [offsets[text]!, offsets[text + 1]!]
  const countBefore = run.texts.textCount
  const id = run.texts.addText(data, start, end)
  if (id < countBefore) return id
  run.words.add(id, data.subarray(start, end))
  fresh.push(text)
  return id
}

function rowsOf({ vectors, empty, dims }: Vectors, texts: readonly number[]): [Float32Array, Uint8Array] {
  const rows = new Float32Array(texts.length * dims)
  for (const [i, text] of texts.entries())
    rows.set(vectors.subarray(text * dims, (text + 1) * dims), i * dims)
  return [rows, Uint8Array.from(texts, text => empty[text]!)]
}

async function embed(texts: TextColumn, embedder: Embedder): Promise<Vectors> {
  const { dims, batchTextsMax } = embedder
  const count = textCountOf(texts)
  const all: Vectors = { vectors: new Float32Array(count * dims), empty: new Uint8Array(count), dims }
  for (let from = 0; from < count; from += batchTextsMax) {
    const until = Math.min(count, from + batchTextsMax)
    const { vectors, empty } = await embedder.embed(slice(texts, from, until))
    all.vectors.set(vectors, from * dims)
    all.empty.set(empty, from)
  }
  return all
}

function slice({ data, offsets }: TextColumn, from: number, until: number): TextColumn {
  return { data, offsets: offsets.subarray(from, until + 1) }
}

/** Which docs of a segment the rows are; -1 for rows of another. */
function placeRows({ accepted }: CheckedBatch, segment: number): Placed {
  const doc = new Int32Array(accepted.count)
  for (let row = 0; row < accepted.count; row++)
    doc[row] = accepted.segment[row] === segment ? accepted.doc[row]! : -1
  return { doc, timeMs: accepted.timeMs.subarray(0, accepted.count) }
}
