// The time that an event claims: RFC 3339 text, or a count since 1970 whose unit its magnitude tells.

import { fromUtf8 } from '../base/bytes.ts'
import { parseTime, timeMsMax, timeMsMin } from '../base/rfc3339.ts'
import { tokenKind, tokenWords } from '../engine/tape/scan.ts'
import type { Block } from '../segment/rows.ts'
import { tokenBytes } from '../segment/token.ts'

/** Counts below are seconds, ms and µs; what is larger is ns. All reach to the year 5138. */
const secondsMax = 1e11
const msMax = 1e14
const usMax = 1e17

/** @returns ms since 1970 UTC, or NaN when the value is no time within the years 0001 to 9999 */
export function readTime(block: Block, token: number): number {
  const kind = block.tape.tokens[token * tokenWords + 2]! & 7
  const bytes = tokenBytes(block, token)
  const isNumber = kind === tokenKind.integer || kind === tokenKind.number
  const isText = kind === tokenKind.string || kind === tokenKind.escaped
  if (!isNumber && !isText) return Number.NaN
  const timeMs = isText ? readText(bytes) : toMs(Number(fromUtf8(bytes)))
  return timeMs >= timeMsMin && timeMs <= timeMsMax ? timeMs : Number.NaN
}

function readText(bytes: Uint8Array): number {
  if (bytes[4] === DASH) return parseTime(bytes, 0, bytes.length)
  const text = fromUtf8(bytes)
  return /^-?\d{1,20}(\.\d{1,9})?$/.test(text) ? toMs(Number(text)) : Number.NaN
}

/**
 * Cut to whole ms. Seconds and ns are rounded to the µs first: as doubles 1.001 × 1000 and most counts of ns fall a
 * little short of the ms that they name.
 */
function toMs(count: number): number {
  const size = Math.abs(count)
  if (size < secondsMax) return Math.floor(Math.round(count * 1e6) / 1e3)
  if (size < msMax) return Math.floor(count)
  return Math.floor((size < usMax ? count : Math.round(count / 1e3)) / 1e3)
}

const DASH = 0x2d
