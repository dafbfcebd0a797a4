import { expect, it } from 'vitest'
import { runPipeline } from '../../src/pipeline/pipeline.ts'
import type { CheckedBatch } from '../../src/segment/checked-batch.ts'
import { openChunk } from '../../src/segment/chunk.ts'
import { Gate } from '../ingest/gate.ts'

it('gives a batch to the sealer before readers see it, each batch once and in order', async () => {
  const gate = new Gate()
  const chunk = openChunk(7, 1)
  const packed: { chunk: number; batch: CheckedBatch; visible: number }[] = []
  const shown: CheckedBatch[] = []
  for (const id of ['a', 'b']) {
    const { checked } = (await gate.send([{ id }])).accepted
    chunk.batches.push(checked)
    await runPipeline(checked, {
      chunk,
      pack: (number, batch) => packed.push({ chunk: number, batch, visible: chunk.visible }),
      index: async () => {},
      onShown: batch => shown.push(batch),
    })
  }
  expect(packed.map(({ chunk: number, visible }) => [number, visible])).toEqual([
    [7, 0],
    [7, 1],
  ])
  expect(packed.map(({ batch }) => batch)).toEqual(chunk.batches)
  expect(chunk.visible).toBe(2)
  expect(shown).toEqual(chunk.batches)
})
