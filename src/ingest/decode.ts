// Body bytes become blocks: tapes with what their events share.

import type { ScanFormat, Scanner } from '../engine/tape/scan.ts'
import type { BatchInfo, Block } from '../segment/rows.ts'

/** @returns blocks in body order, made as they are read; positions count through all of them */
export function* decode(
  batch: BatchInfo,
  body: Uint8Array,
  format: ScanFormat,
  scanner: Scanner,
): Generator<Block> {
  let positionFirst = 0
  for (const tape of scanner.scan(body, format)) {
    yield { batch, positionFirst, body, tape }
    positionFirst += tape.rowCount
  }
}
