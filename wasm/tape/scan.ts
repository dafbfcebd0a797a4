// One pass over a body: finds the events, checks each against RFC 8259 and UTF-8 strictly, and writes a tape of its
// scalar values. Nothing is copied and no value is built: a token points at the bytes it stands for.
//
// Memory, from `inputPtr()` on, laid out by `prepare`:
//
//   PATHS    pathsMax × { parent, keyStart, keyBytes, firstChild, nextGuess, chain }   u32 each
//   BUCKETS  bucketCount × u32        heads of the hash chains over PATHS
//   ROWS     rowsMax × { start, end, tokenStart, tokenCount, code, detail }            u32 each
//   TOKENS   tokensMax × { path, start, bytes << 3 | kind }                            u32 each
//   INPUT    the body, then 64 spare bytes, so that a vector load may run over its end
//
// Offsets in rows, tokens and paths count from the start of the body. Arrays and empty objects are one token with
// their whole text; objects become one token for each scalar below them, its path being the chain of keys. Within an
// object the keys of the event before are guessed first, so that a steady stream is never hashed.

const PATH_WORDS: u32 = 6

import { ESCAPED, FALSE, INTEGER, JSON, NULL, NUMBER, ROW_WORDS, STRING, TOKEN_WORDS, TRUE } from './tape'

const NONE: u32 = 0xffffffff

// row codes
const FINE: u32 = 0
const MALFORMED: u32 = 1
const NOT_AN_OBJECT: u32 = 2
const BAD_ENCODING: u32 = 3
const TOO_LARGE: u32 = 4
const TOO_DEEP: u32 = 5
const TOO_MANY_KEYS: u32 = 6

// formats
const DOCUMENT: u32 = 0
const LINES: u32 = 1

// where a JSON document stands between two calls
const AT_START: u32 = 0
const BEFORE_ELEMENT: u32 = 1
const AFTER_ELEMENT: u32 = 2
const AT_END: u32 = 3

let paths: u32 = 0
let buckets: u32 = 0
let bucketMask: u32 = 0
let rows: u32 = 0
let tokens: u32 = 0
let input: u32 = 0
let inputEnd: u32 = 0
let pathsMax: u32 = 0
let rowsMax: u32 = 0
let tokensMax: u32 = 0
let eventBytesMax: u32 = 0
let depthMax: u32 = 0

let pathCount: u32 = 0
let rowCount: u32 = 0
let tokenCount: u32 = 0
let position: u32 = 0
let state: u32 = AT_START
let failCode: u32 = FINE
let failAt: u32 = 0
let scannedKind: u32 = 0
let keysLeftOut: u32 = 0

export function pathsPtr(): u32 {
  return paths
}
export function rowsPtr(): u32 {
  return rows
}
export function tokensPtr(): u32 {
  return tokens
}
export function inputPtr(): u32 {
  return input
}
export function pathsFound(): u32 {
  return pathCount
}
export function rowsFound(): u32 {
  return rowCount
}
export function tokensFound(): u32 {
  return tokenCount
}

/** Lays the regions out for a body of that size. @returns 1, or 0 when memory cannot grow so far */
export function prepare(
  inputBytes: u32,
  paths_: u32,
  rows_: u32,
  tokens_: u32,
  eventBytes: u32,
  depth: u32,
): u32 {
  pathsMax = paths_
  rowsMax = rows_
  tokensMax = tokens_
  eventBytesMax = eventBytes
  depthMax = depth
  bucketMask = 1
  while (bucketMask < pathsMax * 2) bucketMask <<= 1
  paths = (<u32>__heap_base + 15) & ~15
  buckets = paths + pathsMax * PATH_WORDS * 4
  rows = buckets + bucketMask * 4
  bucketMask--
  tokens = rows + rowsMax * ROW_WORDS * 4
  input = (tokens + tokensMax * TOKEN_WORDS * 4 + 15) & ~15
  inputEnd = input + inputBytes
  const need = <u64>inputEnd + 64
  const have = (<u64>memory.size()) << 16
  if (need > have && memory.grow(<i32>((need - have + 0xffff) >> 16)) < 0) return 0
  position = input
  state = AT_START
  return 1
}

/**
 * Scans on from where the last call stopped, until the body ends or the rows, tokens or paths might not hold the next event.
 * Each call starts a tape of its own.
 * @param format 0: one JSON value, an array's elements being the events; 1: one event a line; 2: one event
 * @returns 1 when there is more
 */
export function scan(format: u32): u32 {
  rowCount = 0
  tokenCount = 0
  pathCount = 1
  memory.fill(buckets, 0xff, (bucketMask + 1) << 2)
  putPath(0, NONE, 0, 0)
  if (position == input && inputEnd - input >= 3 && load<u16>(input) == 0xbbef && load<u8>(input, 2) == 0xbf)
    position += 3
  if (format == LINES) return scanLines()
  if (format == DOCUMENT) return scanDocument()
  scanLoneValue()
  return 0
}

function full(): bool {
  return rowCount >= rowsMax || tokensMax - tokenCount < (eventBytesMax >> 2) + 4
}

function scanLines(): u32 {
  while (position < inputEnd) {
    if (full()) return 1
    const lineEnd = findByte(position, 0x0a)
    const start = skipSpace(position, lineEnd)
    position = lineEnd + 1
    if (start == lineEnd) continue
    let end = lineEnd
    while (isSpace(load<u8>(end - 1))) end--
    if (!scanLine(start, end)) {
      position = start
      return 1
    }
  }
  return 0
}

/** @returns false when the event is better first on another tape */
function scanLine(start: u32, end: u32): bool {
  if (end - start > eventBytesMax) {
    refuse(start, end, TOO_LARGE, 0)
    return true
  }
  const tokenStart = tokenCount
  keysLeftOut = 0
  const after = value(start, end, 0, 1, 0)
  if (after != NONE && after != end) fail(MALFORMED, after)
  if (failCode != FINE) {
    tokenCount = tokenStart
    refuse(start, end, failCode, failAt - start)
    return true
  }
  return accept(start, end, tokenStart)
}

function scanDocument(): u32 {
  if (state == AT_START) {
    position = skipSpace(position, inputEnd)
    if (position < inputEnd && load<u8>(position) != 0x5b) {
      scanLoneValue()
      return 0
    }
    if (position == inputEnd) return 0
    position = skipSpace(position + 1, inputEnd)
    state = BEFORE_ELEMENT
    if (position < inputEnd && load<u8>(position) == 0x5d) {
      position++
      state = AT_END
    }
  }
  while (state != AT_END) {
    if (state == BEFORE_ELEMENT) {
      if (full()) return 1
      if (!scanElement()) return position < inputEnd ? 1 : 0
      state = AFTER_ELEMENT
    } else {
      const at = skipSpace(position, inputEnd)
      const byte: u32 = at < inputEnd ? load<u8>(at) : 0
      if (byte != 0x2c && byte != 0x5d) return refuseRest(at)
      position = skipSpace(at + 1, inputEnd)
      state = byte == 0x2c ? BEFORE_ELEMENT : AT_END
    }
  }
  const rest = skipSpace(position, inputEnd)
  return rest < inputEnd ? refuseRest(rest) : 0
}

/** A body that is one value and no array: one event, which must be all there is. */
function scanLoneValue(): void {
  const start = skipSpace(position, inputEnd)
  let end = inputEnd
  while (end > start && isSpace(load<u8>(end - 1))) end--
  scanLine(start, end)
  position = inputEnd
}

/** @returns false when the element is better first on another tape, or the rest of the body is no elements any more */
function scanElement(): bool {
  const start = position
  const tokenStart = tokenCount
  keysLeftOut = 0
  let after = value(start, inputEnd, 0, 1, 0)
  if (after == NONE) {
    tokenCount = tokenStart
    const code = failCode
    const at = failAt
    after = code == TOO_DEEP || code == BAD_ENCODING ? skipValue(start) : NONE
    if (after == NONE) {
      refuseRest(start)
      return false
    }
    refuse(start, after, code, at - start)
  } else if (after - start > eventBytesMax) {
    tokenCount = tokenStart
    refuse(start, after, TOO_LARGE, 0)
  } else if (!accept(start, after, tokenStart)) return false
  position = after
  return true
}

/** What follows the first fault of a document is one refusal, up to the end. */
function refuseRest(at: u32): u32 {
  const start = at < inputEnd ? at : inputEnd > input ? inputEnd - 1 : input
  const known = failCode == MALFORMED && failAt >= start
  refuse(start, inputEnd, MALFORMED, (known ? failAt : at) - start)
  position = inputEnd
  state = AT_END
  return 0
}

/** @returns false when it had keys that PATHS has no room for only because of the events before it */
function accept(start: u32, end: u32, tokenStart: u32): bool {
  if (keysLeftOut) {
    tokenCount = tokenStart
    if (rowCount > 0) return false
    refuse(start, end, TOO_MANY_KEYS, 0)
    return true
  }
  if (load<u8>(start) != 0x7b) {
    tokenCount = tokenStart
    refuse(start, end, NOT_AN_OBJECT, 0)
    return true
  }
  putRow(start, end, tokenStart, tokenCount - tokenStart, FINE, 0)
  return true
}

function refuse(start: u32, end: u32, code: u32, detail: u32): void {
  putRow(start, end, tokenCount, 0, code, detail)
  failCode = FINE
}

function putRow(start: u32, end: u32, tokenStart: u32, count: u32, code: u32, detail: u32): void {
  const row = rows + rowCount * (ROW_WORDS * 4)
  store<u32>(row, start - input)
  store<u32>(row, end - input, 4)
  store<u32>(row, tokenStart, 8)
  store<u32>(row, count, 12)
  store<u32>(row, code, 16)
  store<u32>(row, detail, 20)
  rowCount++
}

function putToken(path: u32, start: u32, end: u32, kind: u32): void {
  if (tokenCount >= tokensMax) return // only in an event over its bound, which is refused at its end
  const token = tokens + tokenCount * (TOKEN_WORDS * 4)
  store<u32>(token, path)
  store<u32>(token, start - input, 4)
  store<u32>(token, ((end - start) << 3) | kind, 8)
  tokenCount++
}

function fail(code: u32, at: u32): u32 {
  failCode = code
  failAt = at
  return NONE
}

/** @param emit 1 to put tokens, 0 inside arrays. @returns where the value ends, or NONE */
function value(at: u32, end: u32, path: u32, emit: u32, depth: u32): u32 {
  if (at >= end) return fail(MALFORMED, at)
  const byte: u32 = load<u8>(at)
  if (byte == 0x22) {
    const after = text(at + 1, end)
    if (after != NONE && emit) putToken(path, at + 1, after - 1, scannedKind)
    return after
  }
  if (byte == 0x7b) return object(at, end, path, emit, depth + 1)
  if (byte == 0x5b) {
    const after = array(at, end, depth + 1)
    if (after != NONE && emit) putToken(path, at, after, JSON)
    return after
  }
  if (byte == 0x2d || byte - 0x30 < 10) {
    const after = number(at, end)
    if (after != NONE && emit) putToken(path, at, after, scannedKind)
    return after
  }
  return literal(at, end, path, emit)
}

function object(at: u32, end: u32, path: u32, emit: u32, depth: u32): u32 {
  if (depth > depthMax) return fail(TOO_DEEP, at)
  const start = at
  at = skipSpace(at + 1, end)
  if (at < end && load<u8>(at) == 0x7d) {
    if (emit && path != 0) putToken(path, start, at + 1, JSON)
    return at + 1
  }
  let before: u32 = NONE
  while (true) {
    if (at >= end || load<u8>(at) != 0x22) return fail(MALFORMED, at)
    const keyStart = at + 1
    at = text(keyStart, end)
    if (at == NONE) return NONE
    let child: u32 = 0
    if (emit) {
      child = childPath(path, before, keyStart, at - 1 - keyStart)
      before = child
    }
    at = skipSpace(at, end)
    if (at >= end || load<u8>(at) != 0x3a) return fail(MALFORMED, at)
    at = value(skipSpace(at + 1, end), end, child, emit && child != NONE ? 1 : 0, depth)
    if (at == NONE) return NONE
    at = skipSpace(at, end)
    if (at >= end) return fail(MALFORMED, at)
    const byte: u32 = load<u8>(at)
    if (byte == 0x7d) return at + 1
    if (byte != 0x2c) return fail(MALFORMED, at)
    at = skipSpace(at + 1, end)
  }
}

function array(at: u32, end: u32, depth: u32): u32 {
  if (depth > depthMax) return fail(TOO_DEEP, at)
  at = skipSpace(at + 1, end)
  if (at < end && load<u8>(at) == 0x5d) return at + 1
  while (true) {
    at = value(at, end, 0, 0, depth)
    if (at == NONE) return NONE
    at = skipSpace(at, end)
    if (at >= end) return fail(MALFORMED, at)
    const byte: u32 = load<u8>(at)
    if (byte == 0x5d) return at + 1
    if (byte != 0x2c) return fail(MALFORMED, at)
    at = skipSpace(at + 1, end)
  }
}

/** From behind the opening quote to behind the closing one; leaves STRING or ESCAPED in `scannedKind`. */
function text(at: u32, end: u32): u32 {
  let kind = STRING
  while (true) {
    const chunk = v128.load(at)
    const stop = v128.or(
      v128.or(i8x16.eq(chunk, i8x16.splat(0x22)), i8x16.eq(chunk, i8x16.splat(0x5c))),
      i8x16.lt_s(chunk, i8x16.splat(0x20)),
    )
    const mask = i8x16.bitmask(stop)
    if (mask == 0) {
      at += 16
      if (at >= end) return fail(MALFORMED, end)
      continue
    }
    at += ctz(mask)
    if (at >= end) return fail(MALFORMED, end)
    const byte: u32 = load<u8>(at)
    if (byte == 0x22) {
      scannedKind = kind
      return at + 1
    }
    if (byte == 0x5c) {
      kind = ESCAPED
      at = escape(at + 1, end)
    } else {
      at = byte < 0x20 ? fail(MALFORMED, at) : utf8(at, end)
    }
    if (at == NONE) return NONE
  }
}

function escape(at: u32, end: u32): u32 {
  if (at >= end) return fail(MALFORMED, at)
  const byte: u32 = load<u8>(at)
  if (byte != 0x75) {
    const known =
      byte == 0x22 ||
      byte == 0x5c ||
      byte == 0x2f ||
      byte == 0x62 ||
      byte == 0x66 ||
      byte == 0x6e ||
      byte == 0x72 ||
      byte == 0x74
    return known ? at + 1 : fail(MALFORMED, at)
  }
  if (end - at < 5) return fail(MALFORMED, at)
  for (let i: u32 = 1; i <= 4; i++) {
    const digit: u32 = load<u8>(at + i)
    if (digit - 0x30 >= 10 && (digit | 0x20) - 0x61 >= 6) return fail(MALFORMED, at + i)
  }
  return at + 5
}

/** One multi-byte character, by the table of well-formed sequences (Unicode 15, table 3-7). */
function utf8(at: u32, end: u32): u32 {
  const first: u32 = load<u8>(at)
  const second: u32 = load<u8>(at + 1)
  let least: u32 = 0x80
  let most: u32 = 0xbf
  let count: u32 = 0
  if (first >= 0xc2 && first <= 0xdf) count = 1
  else if (first >= 0xe0 && first <= 0xef) {
    count = 2
    if (first == 0xe0) least = 0xa0
    if (first == 0xed) most = 0x9f
  } else if (first >= 0xf0 && first <= 0xf4) {
    count = 3
    if (first == 0xf0) least = 0x90
    if (first == 0xf4) most = 0x8f
  }
  if (count == 0 || end - at <= count || second < least || second > most) return fail(BAD_ENCODING, at)
  for (let i: u32 = 2; i <= count; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return fail(BAD_ENCODING, at)
  return at + 1 + count
}

function number(at: u32, end: u32): u32 {
  let kind = INTEGER
  if (load<u8>(at) == 0x2d) at++
  if (at < end && load<u8>(at) == 0x30) at++
  else {
    at = digits(at, end)
    if (at == NONE) return NONE
  }
  if (at < end && load<u8>(at) == 0x2e) {
    kind = NUMBER
    at = digits(at + 1, end)
    if (at == NONE) return NONE
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) {
    kind = NUMBER
    at++
    if (at < end && (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d)) at++
    at = digits(at, end)
    if (at == NONE) return NONE
  }
  scannedKind = kind
  return at
}

function digits(at: u32, end: u32): u32 {
  const start = at
  while (at < end && <u32>load<u8>(at) - 0x30 < 10) at++
  return at == start ? fail(MALFORMED, at) : at
}

function literal(at: u32, end: u32, path: u32, emit: u32): u32 {
  const word = load<u32>(at)
  let bytes: u32 = 4
  let kind = NULL
  if (word == 0x65757274) kind = TRUE
  else if (word == 0x736c6166 && load<u8>(at, 4) == 0x65) {
    kind = FALSE
    bytes = 5
  } else if (word != 0x6c6c756e) {
    if (<u32>load<u8>(at) >= 0x80 && utf8(at, end) == NONE) return NONE
    return fail(MALFORMED, at)
  }
  if (end - at < bytes) return fail(MALFORMED, at)
  if (emit) putToken(path, at, at + bytes, kind)
  return at + bytes
}

/** The path of a key below `parent`; NONE when the table is full, which leaves the value out of the tape. */
function childPath(parent: u32, before: u32, keyStart: u32, keyBytes: u32): u32 {
  const link = before == NONE ? pathAt(parent) + 12 : pathAt(before) + 16
  const guess = load<u32>(link)
  if (guess != NONE && isPath(guess, parent, keyStart, keyBytes)) return guess
  let hash: u32 = (0x811c9dc5 ^ parent) * 0x01000193
  for (let i: u32 = 0; i < keyBytes; i++) hash = (hash ^ load<u8>(keyStart + i)) * 0x01000193
  const bucket = buckets + (((hash ^ (hash >> 15)) & bucketMask) << 2)
  let found = load<u32>(bucket)
  while (found != NONE && !isPath(found, parent, keyStart, keyBytes)) found = load<u32>(pathAt(found), 20)
  if (found == NONE) {
    if (pathCount >= pathsMax) {
      keysLeftOut = 1
      return NONE
    }
    found = pathCount++
    putPath(found, parent, keyStart - input, keyBytes)
    store<u32>(pathAt(found), load<u32>(bucket), 20)
    store<u32>(bucket, found)
  }
  store<u32>(link, found)
  return found
}

function pathAt(path: u32): u32 {
  return paths + path * (PATH_WORDS * 4)
}

function putPath(path: u32, parent: u32, keyStart: u32, keyBytes: u32): void {
  const at = pathAt(path)
  store<u32>(at, parent)
  store<u32>(at, keyStart, 4)
  store<u32>(at, keyBytes, 8)
  store<u32>(at, NONE, 12)
  store<u32>(at, NONE, 16)
  store<u32>(at, NONE, 20)
}

function isPath(path: u32, parent: u32, keyStart: u32, keyBytes: u32): bool {
  const at = pathAt(path)
  if (load<u32>(at, 8) != keyBytes || load<u32>(at) != parent) return false
  const known = input + load<u32>(at, 4)
  let i: u32 = 0
  for (; i + 8 <= keyBytes; i += 8) if (load<u64>(known + i) != load<u64>(keyStart + i)) return false
  for (; i < keyBytes; i++) if (load<u8>(known + i) != load<u8>(keyStart + i)) return false
  return true
}

/** A value's end by its brackets alone, however deep. @returns NONE when it never closes */
function skipValue(at: u32): u32 {
  let depth: u32 = 0
  while (at < inputEnd) {
    const byte: u32 = load<u8>(at)
    if (byte == 0x22) {
      at = skipText(at + 1)
      if (at == NONE) return NONE
      if (depth == 0) return at
      continue
    }
    at++
    if (byte == 0x7b || byte == 0x5b) depth++
    else if (byte == 0x7d || byte == 0x5d) {
      if (depth <= 1) return depth == 1 ? at : NONE
      depth--
    } else if (depth == 0) return NONE
  }
  return NONE
}

function skipText(at: u32): u32 {
  for (; at < inputEnd; at++) {
    const byte: u32 = load<u8>(at)
    if (byte == 0x5c) at++
    else if (byte == 0x22) return at + 1
  }
  return NONE
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
}

function skipSpace(at: u32, end: u32): u32 {
  while (at < end && isSpace(load<u8>(at))) at++
  return at
}

function findByte(at: u32, byte: i32): u32 {
  const sought = i8x16.splat(<i8>byte)
  for (; at < inputEnd; at += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), sought))
    if (mask != 0) {
      const found = at + ctz(mask)
      return found < inputEnd ? found : inputEnd
    }
  }
  return inputEnd
}
