// The events of an open run, asked by doc or by their fields.

import { addBit, createBits, hasBit } from '../base/bits.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { FoundEvent } from '../segment/event.ts'
import { readOpen } from '../segment/open.ts'
import { fieldReader, type OpenValue } from '../segment/open-fields.ts'
import type { DocBits } from '../segment/texts/run.ts'
import type { OpenRun } from './open-run.ts'

/** Events of some docs, in doc order. */
export function eventsOf(run: OpenRun, docs: readonly number[]): FoundEvent[] {
  const wanted = new Set(docs)
  const found: FoundEvent[] = []
  for (const { batch, row, doc } of rowsOf(run)) if (wanted.has(doc)) found.push(readOpen({ batch, row }))
  return found
}

/** The docs whose fields pass a test. */
export function filterRun(
  run: OpenRun,
  { paths, test }: { paths: readonly string[]; test(values: readonly OpenValue[]): boolean },
): DocBits {
  const { docFirst, docUntil } = run.texts.shapeNow()
  const words = createBits(docUntil - docFirst)
  const read = fieldReader(paths)
  for (const { batch, row, doc } of rowsOf(run)) if (test(read(batch, row))) addBit(words, doc - docFirst)
  return { first: docFirst, words }
}

/** Each value of a field among some docs. */
export function* valuesOf(run: OpenRun, path: string, bits: DocBits): Generator<OpenValue> {
  const read = fieldReader([path])
  for (const { batch, row, doc } of rowsOf(run))
    if (hasBit(bits.words, doc - bits.first)) yield read(batch, row)[0]
}

function* rowsOf(run: OpenRun): Generator<{ batch: CheckedBatch; row: number; doc: number }> {
  for (const { batch } of run.batches) {
    const { accepted, segmentIds } = batch
    const segment = segmentIds.indexOf(run.segmentId)
    for (let row = 0; row < accepted.count; row++)
      if (accepted.segment[row] === segment) yield { batch, row, doc: accepted.doc[row]! }
  }
}
