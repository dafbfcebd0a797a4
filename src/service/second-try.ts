// What a replay sends in again: the refused bytes, patched or replaced.

import { fromUtf8Strict, toUtf8 } from '../base/bytes.ts'
import type { ReplayRequest } from '../contract/service.ts'
import type { FoundRefusal } from '../query/quarantine.ts'
import { refusalId } from '../segment/refusal-id.ts'

type Json = Record<string, unknown>

export function secondTry(refusal: FoundRefusal, request: ReplayRequest, writer: string): Uint8Array {
  const replacement = request.replacements?.[refusalId(refusal.segmentId, writer, refusal.sequence)]
  if (replacement !== undefined) return toUtf8(JSON.stringify(replacement))
  return request.patch ? (patched(refusal.raw, request.patch) ?? refusal.raw) : refusal.raw
}

/** JSON Merge Patch (RFC 7396). A map in between, because to an object `__proto__` is no key like the others. */
export function mergePatch(target: unknown, patch: Json): Json {
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, isObject(value) ? mergePatch(merged.get(key), value) : value)
  }
  return Object.fromEntries(merged)
}

/**
 * The event with the patch over it. A number goes through as the text that it came as, since a double would keep neither
 * all digits of 12345678901234567890 nor the zero of 1.10: it travels as a string behind a mark that the text has nowhere.
 *
 * @returns undefined when the bytes are no JSON object: they go in as they are and are refused as before
 */
function patched(raw: Uint8Array, patch: Json): Uint8Array | undefined {
  const text = fromUtf8Strict(raw)
  const event = text === undefined ? undefined : parseObject(text)
  if (text === undefined || !event) return undefined
  const strings = JSON.stringify([event, patch])
  let mark = 'number:'
  while (strings.includes(mark)) mark = `:${mark}`
  const marked = text.replace(stringsAndNumbers, token =>
    token.startsWith('"') ? token : `"${mark}${token}"`,
  )
  const whole = JSON.stringify(mergePatch(parseObject(marked), patch))
  const unmarked = (token: string) =>
    token.startsWith(`"${mark}`) ? token.slice(mark.length + 1, -1) : token
  return toUtf8(whole.replace(stringsAndNumbers, unmarked))
}

/** Strings are matched so that a number inside one is none. */
const stringsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
