// What became of the events, summed over the answers.

import type { BatchAnswer } from '../../contract/receipt.ts'

export interface Tally {
  sent: number
  accepted: number
  duplicate: number
  late: number
  masked: number
  quarantined: number
  /** quarantined events by their code; `other` where an answer could not list them all */
  byCode: Map<string, number>
  /** rows that could not be sent at all */
  undelivered: number
  /** the first of them */
  undeliveredRows: { row: number; reason: string }[]
}

const undeliveredRowsMax = 10

export function emptyTally(): Tally {
  return {
    sent: 0,
    accepted: 0,
    duplicate: 0,
    late: 0,
    masked: 0,
    quarantined: 0,
    byCode: new Map(),
    undelivered: 0,
    undeliveredRows: [],
  }
}

export function addUndelivered(tally: Tally, row: number, reason: string): void {
  if (tally.undelivered++ < undeliveredRowsMax) tally.undeliveredRows.push({ row, reason })
}

export function addAnswer(tally: Tally, answer: BatchAnswer): void {
  tally.sent += answer.sent
  tally.accepted += answer.accepted
  tally.duplicate += answer.duplicate
  tally.late += answer.late
  tally.masked += answer.masked
  tally.quarantined += answer.quarantined
  let listed = 0
  for (const { outcome, code } of answer.receipts) {
    if (outcome !== 'quarantined') continue
    listed++
    addCode(tally, code ?? 'other', 1)
  }
  if (answer.quarantined > listed) addCode(tally, 'other', answer.quarantined - listed)
}

function addCode(tally: Tally, code: string, count: number): void {
  tally.byCode.set(code, (tally.byCode.get(code) ?? 0) + count)
}
