// What a body is and how it may be answered: Content-Type, Content-Encoding and Accept, with refusals that show the
// header that would have worked.

import { Refused } from '../src/contract/refused.ts'
import type { ContentEncoding } from '../src/ports/inflate.ts'

export type BodyFormat = 'json' | 'ndjson' | 'arrow' | 'parquet'

/** Content types taken, and how each is read. */
const bodyFormats: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.parquet': 'parquet',
  'application/x-parquet': 'parquet',
  'application/parquet': 'parquet',
}

/** @throws Refused unsupported_media_type, with the header that curl needs */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  const essence = type.trim()
  const format = Object.hasOwn(bodyFormats, essence) ? bodyFormats[essence] : undefined
  if (!format) throw new Refused('unsupported_media_type', typeHint(essence))
  const charset = parameters.map(text => /^\s*charset\s*=\s*"?([^"]*)"?\s*$/.exec(text)?.[1]).find(Boolean)
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
    throw new Refused('unsupported_media_type', `events are taken as UTF-8, not as ${charset}`)
  }
  return format
}

/**
 * @returns undefined for a body sent as it is
 * @throws Refused unsupported_media_type when it is several, unknown, or not to be had on this runtime
 */
export function bodyEncoding(
  header: string | undefined,
  offered: readonly ContentEncoding[],
): ContentEncoding | undefined {
  const encoding = (header ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') return undefined
  const known = offered.find(name => name === encoding || `x-${name}` === encoding)
  if (known) return known
  const asked = encoding.includes(',')
    ? 'one Content-Encoding at a time is taken'
    : `Content-Encoding ${quote(encoding)} is not taken`
  throw new Refused('unsupported_media_type', `${asked}; there are ${[...offered, 'identity'].join(', ')}`)
}

/**
 * The best of what is offered, by the client's Accept (RFC 9110 §12.5.1); the first when it says nothing.
 *
 * @throws Refused not_acceptable
 */
export function negotiate<Type extends string>(
  accept: string | undefined,
  offered: readonly [Type, ...Type[]],
): Type {
  if (accept === undefined || accept.trim() === '') return offered[0]
  const ranges = accept.toLowerCase().split(',', acceptRangesMax).map(readRange)
  let best: Type | undefined
  let bestWeight = 0
  for (const type of offered) {
    const weight = weightOf(type, ranges)
    if (weight > bestWeight) [best, bestWeight] = [type, weight]
  }
  if (best === undefined) throw new Refused('not_acceptable', `this can be had as ${offered.join(' or ')}`)
  return best
}

const acceptRangesMax = 32

interface MediaRange {
  type: string
  weight: number
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map(part => part.trim())
  const q = parameters.find(parameter => parameter.startsWith('q='))
  const weight = q === undefined ? 1 : Number(q.slice(2))
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 }
}

/** The most specific range that fits decides. */
function weightOf(type: string, ranges: readonly MediaRange[]): number {
  const family = `${type.split('/')[0]}/*`
  for (const pattern of [type, family, '*/*']) {
    const range = ranges.find(candidate => candidate.type === pattern)
    if (range) return range.weight
  }
  return 0
}

function typeHint(essence: string): string {
  if (essence === 'application/x-www-form-urlencoded') {
    return "curl sends this type unless it is told another: add -H 'content-type: application/x-ndjson' (or application/json), and use --data-binary, since -d @file takes the line breaks out"
  }
  const asked = essence === '' ? 'the Content-Type is missing' : `Content-Type ${quote(essence)} is not taken`
  return `${asked}; add for example -H 'content-type: application/x-ndjson'; there are ${Object.keys(bodyFormats).join(', ')}`
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 100))
}
