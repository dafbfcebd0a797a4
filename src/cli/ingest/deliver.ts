// One block, brought through. Busy services are waited for, broken connections tried again: ids and the idempotency
// key make that safe. What can't be taken whole is taken in halves, down to the one line that is at fault.

import type { BatchAnswer } from '../../contract/receipt.ts'
import { Problem, Unreachable } from '../client.ts'
import type { Block } from './line-blocks.ts'

export interface Delivery {
  /** sends rows [block.firstRow, …) and answers what became of them */
  send(block: Pick<Block, 'body' | 'firstRow'>): Promise<BatchAnswer>
  pace: Pace
  onAnswer(answer: BatchAnswer): void
  /** a line that no request can carry */
  onUndelivered(row: number, reason: string): void
  /** told before each pause, so that a person knows why nothing moves */
  onWait(reason: string, seconds: number): void
}

/** Time and chance, so that tests needn't wait. */
interface Pace {
  sleep(ms: number): Promise<void>
  /** 0 ≤ x < 1 */
  random(): number
}

const attemptsMax = 10
const backoffMsMin = 250
const backoffMsMax = 30_000

/** @throws Problem or Unreachable when the service won't have it, or stays away too long */
export async function deliver(block: Block, delivery: Delivery): Promise<void> {
  const answer = await sendPatiently(block, delivery)
  if (answer !== 'too large') return delivery.onAnswer(answer)
  if (block.rowCount === 1) {
    return delivery.onUndelivered(
      block.firstRow,
      `${block.body.length} bytes are more than the service takes in one body`,
    )
  }
  for (const half of halves(block)) await deliver(half, delivery)
}

async function sendPatiently(
  block: Block,
  { send, pace, onWait }: Delivery,
): Promise<BatchAnswer | 'too large'> {
  // Being told to come back later is no failure, so it doesn't count against the attempts.
  for (let failures = 0, pauses = 0; ; pauses++) {
    try {
      return await send(block)
    } catch (error) {
      if (error instanceof Problem && error.status === 413) return 'too large'
      const busy = error instanceof Problem && error.status === 429
      if (!busy && (!mayPass(error) || ++failures >= attemptsMax)) throw error
      const ms = pauseMs(error, pauses, pace.random())
      onWait((error as Error).message, ms / 1000)
      await pace.sleep(ms)
    }
  }
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof Unreachable || (error instanceof Problem && error.status >= 500 && error.status !== 501)
  )
}

/** At least what the service asks for; else twice as long each time; spread, so that clients don't come back together. */
function pauseMs(error: unknown, pauses: number, chance: number): number {
  const backoff = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(pauses, 10))
  const asked = error instanceof Problem ? error.retryAfterSeconds : undefined
  return asked === undefined
    ? backoff * (0.5 + chance / 2)
    : asked * 1000 * (1 + chance / 4) + chance * backoffMsMin
}

/** Two blocks of whole lines, as even in rows as can be. */
function halves(block: Block): Block[] {
  const firstCount = block.rowCount >> 1
  let cut = 0
  for (let row = 0; row < firstCount; row++) cut = block.body.indexOf(0x0a, cut) + 1
  return [
    { ...block, body: block.body.subarray(0, cut), rowCount: firstCount },
    {
      ...block,
      body: block.body.subarray(cut),
      firstRow: block.firstRow + firstCount,
      rowCount: block.rowCount - firstCount,
    },
  ]
}
