// The hot path behind the queue, as the list of its stages. A batch passes them in order, and batches pass each stage in log
// order: what readers see is always a beginning of the log.
//
//   pack    beside the writer the sealer takes it, for the columns of the next parts
//   index   beside the writer the indexer derives what it says and mentions; see index-batch.ts for the stages of that
//   show    from here on readers see it

import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Chunk } from '../segment/chunk.ts'

export interface PipelineContext {
  /** the open chunk that the batch belongs to */
  chunk: Chunk
  /** begins the packing of a batch */
  pack: (chunk: number, batch: CheckedBatch) => void
  /** resolves when the batch can be found */
  index: (chunk: number, batch: CheckedBatch) => Promise<void>
  /** called when the batch has passed */
  onShown: (batch: CheckedBatch) => void
}

type Stage = (batch: CheckedBatch, context: PipelineContext) => void | Promise<void>

const stages: readonly Stage[] = [pack, index, show]

export async function runPipeline(batch: CheckedBatch, context: PipelineContext): Promise<void> {
  for (const stage of stages) await stage(batch, context)
}

function pack(batch: CheckedBatch, { chunk, pack }: PipelineContext): void {
  pack(chunk.number, batch)
}

function index(batch: CheckedBatch, { chunk, index }: PipelineContext): Promise<void> {
  return index(chunk.number, batch)
}

function show(batch: CheckedBatch, { chunk, onShown }: PipelineContext): void {
  chunk.visible++
  onShown(batch)
}
