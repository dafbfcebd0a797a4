// Fields of unsealed events by their dotted paths, straight off the tape.

import { fromUtf8 } from '../base/bytes.ts'
import { rowWord, rowWords, type Tape, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import type { CheckedBatch } from './checked-batch.ts'
import { eventIdBytes } from './envelope-columns.ts'
import { flagLate, flagMasked } from './rows.ts'
import { tokenBytes, tokenText } from './token.ts'

export type OpenValue = string | number | boolean | Date | undefined

/**
 * Reads the same fields of many events. `payload.type` is `type` of its `payload`, or the event's own `type`.
 *
 * @returns values by number of path; good until the next call
 */
export function fieldReader(paths: readonly string[]): (batch: CheckedBatch, row: number) => OpenValue[] {
  const exact: OpenValue[] = new Array(paths.length)
  const own: OpenValue[] = new Array(paths.length)
  const places = new WeakMap<Tape, { exact: Int32Array; own: Int32Array }>()
  const placesOf = (tape: Tape) => {
    let placed = places.get(tape)
    if (!placed) {
      const placeOf = (head: string) =>
        Int32Array.from(tape.paths, path => (path === undefined ? -1 : paths.indexOf(`${head}${path}`)))
      places.set(tape, (placed = { exact: placeOf(''), own: placeOf('payload.') }))
    }
    return placed
  }
  return (batch, row) => {
    const block = batch.blocks[batch.accepted.block[row]!]!
    const { tape } = block
    exact.fill(undefined)
    own.fill(undefined)
    const placed = placesOf(tape)
    const at = batch.accepted.row[row]! * rowWords
    const first = tape.rows[at + rowWord.tokenStart]!
    const end = first + tape.rows[at + rowWord.tokenCount]!
    for (let token = first; token < end; token++) {
      const path = tape.tokens[token * tokenWords]!
      const [exactPlace, ownPlace] = [placed.exact[path]!, placed.own[path]!]
      if (exactPlace < 0 && ownPlace < 0) continue
      const value = fieldValue(tape, token, () => fromUtf8(tokenBytes(block, token)))
      if (exactPlace >= 0) exact[exactPlace] = value
      if (ownPlace >= 0) own[ownPlace] = value
    }
    for (const [place, path] of paths.entries()) {
      const read = envelopeReaders[path]
      exact[place] = read ? read(batch, row) : (exact[place] ?? own[place])
    }
    return exact
  }
}

function fieldValue(tape: Tape, token: number, text: () => string): OpenValue {
  switch (tape.tokens[token * tokenWords + 2]! & 7) {
    case tokenKind.null:
      return undefined
    case tokenKind.true:
      return true
    case tokenKind.false:
      return false
    default:
      return text()
  }
}

type EnvelopeReader = (batch: CheckedBatch, row: number) => OpenValue

const envelopeReaders: Readonly<Record<string, EnvelopeReader>> = {
  doc: ({ accepted }, row) => accepted.doc[row],
  ingest_seq: ({ batch }) => batch.seq,
  position: ({ accepted, blocks }, row) => blocks[accepted.block[row]!]!.positionFirst + accepted.row[row]!,
  batch_id: ({ batch }) => batch.batchId,
  event_id: ({ accepted, blocks }, row) => fromUtf8(eventIdBytes(accepted, blocks, row)),
  event_time: ({ accepted }, row) => new Date(accepted.timeMs[row]!),
  ingest_time: ({ batch }) => new Date(batch.ingestTimeMs),
  source: ({ accepted, blocks, batch }, row) =>
    tokenText(blocks[accepted.block[row]!]!, accepted.sourceToken[row]!) ?? batch.source,
  type: ({ accepted, blocks }, row) =>
    tokenText(blocks[accepted.block[row]!]!, accepted.typeToken[row]!) ?? undefined,
  schema_version: ({ accepted, blocks }, row) =>
    tokenText(blocks[accepted.block[row]!]!, accepted.versionToken[row]!) ?? undefined,
  entity_id: ({ accepted, blocks }, row) =>
    tokenText(blocks[accepted.block[row]!]!, accepted.entityToken[row]!) ?? undefined,
  late: ({ accepted }, row) => (accepted.flags[row]! & flagLate) !== 0,
  masked: ({ accepted }, row) => (accepted.flags[row]! & flagMasked) !== 0,
  pack: ({ batch }) => batch.pack?.name,
  pack_version: ({ batch }) => batch.pack && String(batch.pack.version),
}
