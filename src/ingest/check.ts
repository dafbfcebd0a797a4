// Each event against what an event must be. What fails becomes a refusal that says where and why; the rest goes on with
// its envelope found and its time known.

import { formatTime } from '../base/rfc3339.ts'
import type { FieldMap } from '../contract/envelope.ts'
import type { IntakePolicy } from '../contract/frames.ts'
import type { Refusal, RefusalCode } from '../contract/refusal.ts'
import { eventKeysMax, rowCode, rowWord, rowWords, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import { type Block, noToken } from '../segment/rows.ts'
import { tokenBytes } from '../segment/token.ts'
import { assignRoles, envelopeFieldCount, field, findEnvelope } from './envelope.ts'
import { readTime } from './event-time.ts'

export const idBytesMax = 512

/** What the outside says of a moment: may an event of that time still come in? */
export type AdmitTime = (timeMs: number) => Extract<RefusalCode, 'expired' | 'too_many_slices'> | undefined

export interface Passed {
  timeMs: number
  /** u32[envelopeFieldCount] */
  tokens: Uint32Array
}

interface CheckContext {
  fields: FieldMap
  policy: IntakePolicy
  ingestTimeMs: number
  admitTime: AdmitTime
}

/** Calls back for each row of the block in order; `passed` is reused between calls. */
export function checkBlock(
  block: Block,
  context: CheckContext,
  pass: (row: number, passed: Passed) => void,
  refuse: (row: number, refusal: Refusal) => void,
): void {
  const { tape } = block
  const roles = assignRoles(tape.paths, context.fields)
  const passed: Passed = { timeMs: 0, tokens: new Uint32Array(envelopeFieldCount) }
  for (let row = 0; row < tape.rowCount; row++) {
    const code = tape.rows[row * rowWords + rowWord.code]!
    if (code !== rowCode.fine) {
      refuse(row, decodeRefusal(code, tape.rows[row * rowWords + rowWord.detail]!, context.policy))
      continue
    }
    findEnvelope(tape, row, roles, passed.tokens)
    const refusal = checkId(block, passed.tokens) ?? checkTime(block, passed, context)
    if (refusal) refuse(row, refusal)
    else {
      dropUnusable(block, passed.tokens)
      pass(row, passed)
    }
  }
}

function decodeRefusal(code: number, at: number, policy: IntakePolicy): Refusal {
  const refusal = (name: RefusalCode, message: string): Refusal => ({
    stage: 'decode',
    code: name,
    path: '',
    message,
  })
  switch (code) {
    case rowCode.notAnObject:
      return refusal('not_an_object', 'expected a JSON object: one event is one object')
    case rowCode.badEncoding:
      return refusal('bad_encoding', `the bytes at offset ${at} are not UTF-8`)
    case rowCode.tooLarge:
      return refusal('too_large', `larger than the ${policy.event_bytes_max} bytes that one event may have`)
    case rowCode.tooManyKeys:
      return refusal('too_large', `more than the ${eventKeysMax} distinct fields that one event may have`)
    case rowCode.tooDeep:
      return refusal('too_deep', `nested deeper than ${policy.event_depth_max} levels at offset ${at}`)
    default:
      return refusal('malformed_json', `not JSON at offset ${at}`)
  }
}

function checkId(block: Block, tokens: Uint32Array): Refusal | undefined {
  const { tape } = block
  const token = tokens[field.eventId]!
  if (token === noToken) return undefined
  const path = tape.paths[tape.tokens[token * tokenWords]!]!
  const size = tape.tokens[token * tokenWords + 2]!
  if (!isName(size & 7))
    return { stage: 'check', code: 'bad_id', path, message: 'an event id is a string or a number' }
  if (size >>> 3 <= idBytesMax || tokenBytes(block, token).length <= idBytesMax) return undefined
  return { stage: 'check', code: 'bad_id', path, message: `an event id has at most ${idBytesMax} bytes` }
}

function checkTime(
  block: Block,
  passed: Passed,
  { policy, ingestTimeMs, admitTime }: CheckContext,
): Refusal | undefined {
  const token = passed.tokens[field.eventTime]!
  passed.timeMs = token === noToken ? ingestTimeMs : readTime(block, token)
  const path = token === noToken ? '' : block.tape.paths[block.tape.tokens[token * tokenWords]!]!
  const refusal = (code: RefusalCode, message: string): Refusal => ({ stage: 'check', code, path, message })
  if (Number.isNaN(passed.timeMs)) {
    return refusal('bad_time', 'expected an RFC 3339 time or a number of seconds, ms, µs or ns since 1970')
  }
  if (passed.timeMs > ingestTimeMs + policy.future_ms) {
    return refusal(
      'future_time',
      `${formatTime(passed.timeMs)} is more than ${policy.future_ms / 3_600_000} h ahead of ${formatTime(ingestTimeMs)}`,
    )
  }
  const code = admitTime(passed.timeMs)
  if (code === 'expired')
    return refusal(
      code,
      `the segment of ${formatTime(passed.timeMs)} was evicted; send with reopen=true to begin it anew`,
    )
  if (code === 'too_many_slices')
    return refusal(
      code,
      `${formatTime(passed.timeMs)} would begin one segment more than the ${policy.slices_max} a tenant may have`,
    )
  return undefined
}

/** A type, entity, source or version that is no name is left to the payload. */
function dropUnusable({ tape }: Block, tokens: Uint32Array): void {
  for (let i = field.type; i < envelopeFieldCount; i++) {
    const token = tokens[i]!
    if (token !== noToken && !isName(tape.tokens[token * tokenWords + 2]! & 7)) tokens[i] = noToken
  }
}

function isName(kind: number): boolean {
  return (
    kind === tokenKind.string ||
    kind === tokenKind.escaped ||
    kind === tokenKind.integer ||
    kind === tokenKind.number
  )
}
