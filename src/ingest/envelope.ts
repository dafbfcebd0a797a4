// Finds the envelope in an event: which of its fields are its id, its time, its type, its entity.

import { type FieldMap, type ToldField, usualNames } from '../contract/envelope.ts'
import { rowWord, rowWords, type Tape, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import { noToken } from '../segment/rows.ts'

const fieldNames = ['eventId', 'eventTime', 'type', 'entityId', 'source', 'schemaVersion'] as const

/** Token numbers by field, in the order above. */
export type EnvelopeTokens = Uint32Array
export const envelopeFieldCount = fieldNames.length
export const field = { eventId: 0, eventTime: 1, type: 2, entityId: 3, source: 4, schemaVersion: 5 } as const

/** How the paths of a tape may fill the envelope. */
export interface Roles {
  /** u16 by path: the field that it may fill and how likely, or 0; lower ranks win */
  byPath: Uint16Array
  /** fields that were told one path: the second is what the first is */
  same: (readonly [first: number, second: number])[]
}

const ranksMax = 64

/**
 * A field that was told is looked for nowhere else, and its path is guessed for no other; those that were not told are
 * found by their usual names.
 */
export function assignRoles(paths: Tape['paths'], told: FieldMap): Roles {
  const roleOf = new Map<string, number>()
  const same: Roles['same'] = []
  fieldNames.forEach((name, number) => {
    for (const [rank, path] of toldPaths(told[name]).entries()) {
      const role = roleOf.get(path)
      if (role === undefined) roleOf.set(path, number * ranksMax + rank + 1)
      else if (rank === 0) same.push([fieldOf(role), number])
    }
  })
  fieldNames.forEach((name, number) => {
    if (told[name] !== undefined) return
    usualNames[name].forEach((path, rank) => {
      if (!roleOf.has(path)) roleOf.set(path, number * ranksMax + rank + 1)
    })
  })
  return { byPath: Uint16Array.from(paths, path => (path === undefined ? 0 : (roleOf.get(path) ?? 0))), same }
}

function toldPaths(told: ToldField | undefined): readonly string[] {
  return told === undefined ? [] : typeof told === 'string' ? [told] : told
}

function fieldOf(role: number): number {
  return Math.floor((role - 1) / ranksMax)
}

/** @param out  u32[envelopeFieldCount]: a token for each field that the event carries with a value, else noToken */
export function findEnvelope(tape: Tape, row: number, { byPath, same }: Roles, out: EnvelopeTokens): void {
  out.fill(noToken)
  const at = row * rowWords
  const first = tape.rows[at + rowWord.tokenStart]!
  const last = first + tape.rows[at + rowWord.tokenCount]!
  for (let token = first; token < last; token++) {
    const role = byPath[tape.tokens[token * tokenWords]!]!
    if (role === 0 || !hasValue(tape, token)) continue
    const number = fieldOf(role)
    const before = out[number]!
    if (before === noToken || role <= byPath[tape.tokens[before * tokenWords]!]!) out[number] = token
  }
  for (const [from, to] of same) out[to] = out[from]!
}

/** Nulls and empty strings say nothing. */
function hasValue(tape: Tape, token: number): boolean {
  const size = tape.tokens[token * tokenWords + 2]!
  const kind = size & 7
  return kind !== tokenKind.null && !(kind === tokenKind.string && size >>> 3 === 0)
}
