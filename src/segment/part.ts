// A part as it is made: its bytes, and what the manifest says of them. The key ends in the content's checksum, so that
// sealing again after a crash finds the very same part, or makes another.

import { byteLength, toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { formatVersion, type Part, type PartRole } from '../contract/segment.ts'
import { checksumBlocks } from './checked.ts'

export interface SealedPart {
  part: Part
  chunks: Uint8Array[]
}

/** What is known of a part before it is bytes. */
export interface PartFacts
  extends Pick<
    Part,
    | 'role'
    | 'rows'
    | 'doc_first'
    | 'doc_last'
    | 'seq_first'
    | 'seq_last'
    | 'time_min'
    | 'time_max'
    | 'raw_bytes'
    | 'packs'
    | 'space'
    | 'unread_docs'
  > {
  segmentId: string
  /** keys of parts whose place it takes; they are in its own name, so that it never gets that of a part about to go */
  inputs?: readonly string[]
}

export function makePart({ segmentId, inputs = [], ...facts }: PartFacts, chunks: Uint8Array[]): SealedPart {
  const checksums = checksumBlocks(chunks)
  const content = crc32c(toUtf8([checksums, ...inputs].join('\n')))
    .toString(16)
    .padStart(8, '0')
  const { role, seq_first, seq_last } = facts
  return {
    chunks,
    part: {
      ...facts,
      key: `${segmentId}/${role}-${digits(seq_first)}-${digits(seq_last)}-${content}.${suffixes[role]}`,
      format_version: formatVersion,
      bytes: byteLength(chunks),
      crc32c: checksums,
      inputs: [...inputs],
    },
  }
}

/** What a file of a role is called at its end. */
export const suffixes: Readonly<Record<PartRole, string>> = {
  events: 'parquet',
  raw: 'parquet',
  refusals: 'parquet',
  ids: 'ids',
  graph: 'graph',
  texts: 'texts',
  words: 'words',
  vectors: 'vectors',
}

/** @returns the least and the most */
export function bounds(values: Iterable<number>): [number, number] {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

/** A log sequence within a key, so that keys sort as sequences do. */
export function digits(seq: number): string {
  return String(seq).padStart(12, '0')
}
