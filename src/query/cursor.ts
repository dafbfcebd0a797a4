// Cursors are opaque to clients: where a page ended, as of when, and for which question. One made for another question
// is refused rather than answered wrongly.

import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { Refused } from '../contract/refused.ts'
import { parseSegmentId } from '../segment/slice.ts'

export interface Cursor {
  /** log sequence that all pages are as of */
  seq: number
  /** the last segment read, and the sequence in it */
  segmentId: string
  sequence: number
}

export function writeCursor(cursor: Cursor, question: unknown): string {
  const text = JSON.stringify([cursor.seq, cursor.segmentId, cursor.sequence, hashOf(question)])
  return toBase64Url(toUtf8(text))
}

/** @throws Refused when it is no cursor of this question */
export function readCursor(text: string, question: unknown): Cursor {
  const fields = parse(text)
  if (!fields)
    throw new Refused(
      'bad_cursor',
      'this is no cursor of ours; take next_cursor from the page before, or leave it out to begin anew',
    )
  const [seq, segmentId, sequence, hash] = fields
  if (hash !== hashOf(question)) {
    throw new Refused(
      'bad_cursor',
      'this cursor belongs to a question with other filters; repeat those, or leave it out to begin anew',
    )
  }
  return { seq, segmentId, sequence }
}

function parse(text: string): [number, string, number, number] | undefined {
  const bytes = fromBase64Url(text)
  if (!bytes) return undefined
  try {
    const fields: unknown = JSON.parse(fromUtf8(bytes))
    const ok =
      Array.isArray(fields) &&
      fields.length === 4 &&
      typeof fields[1] === 'string' &&
      parseSegmentId(fields[1]) !== undefined &&
      [0, 2, 3].every(i => Number.isSafeInteger(fields[i]) && fields[i] >= 0)
    return ok ? (fields as [number, string, number, number]) : undefined
  } catch {
    return undefined // not JSON, hence not ours
  }
}

function hashOf(question: unknown): number {
  return crc32c(toUtf8(JSON.stringify(question)))
}
