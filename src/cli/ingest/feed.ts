// Blocks on their way, a bounded number at a time. They may arrive out of order; how far the file is through counts
// only what has arrived without a gap.

import type { Block } from './line-blocks.ts'

export interface Feed {
  blocks: AsyncIterable<Block>
  inFlightMax: number
  deliver(block: Block): Promise<void>
  /** everything up to and including this block has been delivered */
  onThrough(block: Block): Promise<void>
}

/** Resolves when all is delivered. @throws what the first failing delivery threw, after the others have ended */
export async function feed({ blocks, inFlightMax, deliver, onThrough }: Feed): Promise<void> {
  const line: { block: Block; delivered: Promise<boolean> }[] = []
  let failure: { error: unknown } | undefined
  let gap = false

  async function settleFirst(): Promise<void> {
    const { block, delivered } = line.shift()!
    gap = !(await delivered) || gap
    if (!gap) await onThrough(block)
  }

  for await (const block of blocks) {
    const delivered = deliver(block).then(
      () => true,
      error => {
        failure ??= { error }
        return false
      },
    )
    line.push({ block, delivered })
    if (line.length >= inFlightMax) await settleFirst()
    if (failure) break
  }
  while (line.length > 0) await settleFirst()
  if (failure) throw failure.error
}
