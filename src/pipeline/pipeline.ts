// The hot path behind the queue, as the list of its stages. A batch passes them in order, and batches pass in log order.

import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Chunk } from '../segment/chunk.ts'

export interface PipelineContext {
  /** the open chunk that the batch belongs to */
  chunk: Chunk
  /** begins the packing of a batch beside the writer */
  pack: (chunk: number, batch: CheckedBatch) => void
}

type Stage = (batch: CheckedBatch, context: PipelineContext) => void

const stages: readonly Stage[] = [pack, show]

export function runPipeline(batch: CheckedBatch, context: PipelineContext): void {
  for (const stage of stages) stage(batch, context)
}

function pack(batch: CheckedBatch, context: PipelineContext): void {
  context.pack(context.chunk.number, batch)
}

/** From here on readers see the batch. */
function show(_batch: CheckedBatch, { chunk }: PipelineContext): void {
  chunk.visible++
}
