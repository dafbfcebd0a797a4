// Checked batches made by hand, without the ingest floor: each event says what it is, and the rows say the same.

import { toUtf8 } from '../../src/base/bytes.ts'
import { rowWord, rowWords, tokenWords } from '../../src/engine/tape/scan.ts'
import type { CheckedBatch, RefusedRow } from '../../src/segment/checked-batch.ts'
import { type BatchInfo, type Block, createRows, noToken, type Rows } from '../../src/segment/rows.ts'
import { scanner } from '../engine/tape/scanned.ts'

export const segmentId = 'tenant/events/2026-01-01/0'
export const dayMs = Date.UTC(2026, 0, 1)

/** What is not told: event times count up in seconds, docs go on from 0, everything lies in one segment. */
export interface BatchSpec {
  /** JSON text of each event, one a line */
  lines: readonly string[]
  seq?: number
  docFirst?: number
  timeMs?: (row: number) => number
  flags?: (row: number) => number
  segmentOf?: (row: number) => string
  batch?: Partial<BatchInfo>
}

const shared = scanner()

export function batchOf(spec: BatchSpec): CheckedBatch {
  const batch = batchInfo(spec.seq ?? 1, spec.batch)
  const body = toUtf8(spec.lines.join('\n'))
  const blocks = blocksOf(batch, body)
  const segmentIds = [...new Set(spec.lines.map((_, row) => spec.segmentOf?.(row) ?? segmentId))]
  const accepted = createRows(spec.lines.length)
  const nextDoc = new Map<string, number>()
  const refused: RefusedRow[] = []
  blocks.forEach((block, number) => {
    for (let row = 0; row < block.tape.rowCount; row++) {
      const position = block.positionFirst + row
      const id = spec.segmentOf?.(position) ?? segmentId
      const place = { segmentId: id, block: number, row, position }
      if (block.tape.rows[row * rowWords + rowWord.code] !== 0) {
        const sequence = refused.length
        refused.push({
          ...place,
          sequence,
          stage: 'decode',
          code: 'malformed_json',
          path: '',
          message: 'not JSON',
        })
        continue
      }
      const doc = nextDoc.get(id) ?? spec.docFirst ?? 0
      nextDoc.set(id, doc + 1)
      put(accepted, block, {
        ...place,
        doc,
        segment: segmentIds.indexOf(id),
        timeMs: spec.timeMs?.(position) ?? dayMs + position * 1000,
        flags: spec.flags?.(position) ?? 0,
      })
    }
  })
  return {
    batch,
    tenant: 'tenant',
    stream: 'events',
    fields: undefined,
    blocks,
    segmentIds,
    accepted,
    refused,
    resolved: [],
    bytes: body.length,
  }
}

export function batchInfo(seq: number, change: Partial<BatchInfo> = {}): BatchInfo {
  return {
    seq,
    batchId: `bw-${seq}`,
    ingestTimeMs: dayMs + seq * 60_000,
    source: 'default',
    pack: undefined,
    derivedIdPrefix: `bw-${seq}`,
    derivedIdFirst: 0,
    ...change,
  }
}

export function blocksOf(batch: BatchInfo, body: Uint8Array): Block[] {
  let positionFirst = 0
  return [...shared.scan(body, 'ndjson')].map(tape => {
    const block = { batch, positionFirst, body, tape }
    positionFirst += tape.rowCount
    return block
  })
}

/** The token of a path in a row of a block, the last where there are several. */
export function tokenOf({ tape }: Block, row: number, path: string): number {
  const first = tape.rows[row * rowWords + rowWord.tokenStart]!
  const count = tape.rows[row * rowWords + rowWord.tokenCount]!
  for (let token = first + count - 1; token >= first; token--) {
    if (tape.paths[tape.tokens[token * tokenWords]!] === path) return token
  }
  return noToken
}

interface Placed {
  block: number
  row: number
  doc: number
  segment: number
  timeMs: number
  flags: number
}

function put(rows: Rows, block: Block, placed: Placed): void {
  const at = rows.count++
  rows.block[at] = placed.block
  rows.row[at] = placed.row
  rows.segment[at] = placed.segment
  rows.doc[at] = placed.doc
  rows.idToken[at] = tokenOf(block, placed.row, 'id')
  rows.typeToken[at] = tokenOf(block, placed.row, 'type')
  rows.entityToken[at] = tokenOf(block, placed.row, 'entity_id')
  rows.sourceToken[at] = tokenOf(block, placed.row, 'source')
  rows.versionToken[at] = tokenOf(block, placed.row, 'schema_version')
  rows.timeMs[at] = placed.timeMs
  rows.flags[at] = placed.flags
  rows.identity.set([placed.doc * 7919, placed.doc, 1, 2], at * 4)
}
