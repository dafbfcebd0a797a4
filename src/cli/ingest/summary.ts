// What became of the events of a file, for people.

import { bytesText, countText, secondsText } from '../figures.ts'
import { columns, type Style } from '../terminal.ts'
import type { Ingested } from './ingest-file.ts'

/** Counts first, then the rows that could not be sent. */
export function summaryLines(done: Ingested, style: Style): string[] {
  const rate = done.seconds > 0 ? `, ${bytesText(done.bytes / done.seconds)}/s` : ''
  const codes = [...done.byCode].map(([code, count]) => `${code} ${countText(count)}`).join(', ')
  const rows = [
    ['sent', countText(done.sent), `${bytesText(done.bytes)} in ${secondsText(done.seconds)}${rate}`],
    [
      'accepted',
      style.green(countText(done.accepted)),
      done.late > 0 ? `${countText(done.late)} of them late` : '',
    ],
    ['duplicate', countText(done.duplicate)],
    ['quarantined', countText(done.quarantined), style.yellow(codes)],
  ]
  if (done.undelivered > 0) rows.push(['not delivered', style.red(countText(done.undelivered))])
  return [
    ...columns(rows, [1]),
    ...done.undeliveredRows.map(({ row, reason }) => `row ${countText(row)}: ${reason}`),
  ]
}
