// Reading one value off a tape.

import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import { rowWord, rowWords, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import { type Block, noToken } from './rows.ts'

/** The value's bytes as text: strings without quotes and unescaped, everything else as it is written. */
export function tokenBytes({ body, tape }: Block, token: number): Uint8Array {
  const at = token * tokenWords
  const start = tape.tokens[at + 1]!
  const size = tape.tokens[at + 2]!
  const bytes = body.subarray(start, start + (size >>> 3))
  return (size & 7) === tokenKind.escaped ? toUtf8(unescaped(bytes)) : bytes
}

/** @returns null for noToken */
export function tokenText(block: Block, token: number): string | null {
  return token === noToken ? null : fromUtf8(tokenBytes(block, token))
}

/** The exact slice of the body that is this event. */
export function rawBytes({ body, tape }: Block, row: number): Uint8Array {
  const at = row * rowWords
  return body.subarray(tape.rows[at + rowWord.start]!, tape.rows[at + rowWord.end]!)
}

/** A string of JSON without its quotes. Lone surrogates become U+FFFD when they are written as UTF-8. */
export function unescaped(bytes: Uint8Array): string {
  return JSON.parse(`"${fromUtf8(bytes)}"`) as string
}
