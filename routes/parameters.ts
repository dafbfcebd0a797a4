// Parameters that several routes share. A query knows only text: each schema takes text and gives what the service wants.

import { z } from '@hono/zod-openapi'
import { toUtf8 } from '../src/base/bytes.ts'
import { parseTime } from '../src/base/rfc3339.ts'
import { slugSchema } from '../src/contract/envelope.ts'
import { Refused } from '../src/contract/refused.ts'
import type { AppState } from './context.ts'

const nameLengthMax = 255
const idLengthMax = 1024

export const nameText = z.string().min(1).max(nameLengthMax)
export const idText = z.string().min(1).max(idLengthMax)

export const streamParameter = slugSchema
  .default('events')
  .openapi({ description: 'the stream', example: 'events' })

export const fromParameter = timeParameter('from this time on', '2025-06-01T00:00:00Z')
export const untilParameter = timeParameter('before this time', '2025-06-02T00:00:00Z')

export const cursorParameter = z
  .string()
  .min(1)
  .max(4096)
  .optional()
  .openapi({ description: '`next_cursor` of the page before, with the same filters' })

export const limitParameter = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'a whole number from 1')
  .transform(Number)
  .prefault('100')
  .openapi({
    type: 'integer',
    minimum: 1,
    default: 100,
    description: 'how many at most; bounded by `page_events_max`',
  })

/** A whole number of a query. */
export function wholeParameter({
  max,
  usual,
  description,
}: {
  max: number
  usual: number
  description: string
}) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'a whole number')
    .transform(Number)
    .refine(number => number <= max, `at most ${max}`)
    .prefault(String(usual))
    .openapi({ type: 'integer', minimum: 0, maximum: max, default: usual, description })
}

/** @param description  what `true` means */
export function flagParameter(description: string) {
  return z
    .enum(['true', 'false'])
    .transform(text => text === 'true')
    .prefault('false')
    .openapi({ type: 'boolean', default: false, description })
}

/** @throws Refused when a page of that size is over the bound that is configured */
export function checkLimit(limit: number, { limits }: AppState): void {
  if (limit <= limits.page_events_max) return
  const message = `at most ${limits.page_events_max}`
  throw new Refused('bad_request', `limit: ${message}`, {
    errors: [{ path: 'query.limit', code: 'too_big', message }],
  })
}

/** The fields that are there, without those that are undefined: what is optional in a request is absent, not undefined. */
export function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

function timeParameter(meaning: string, example: string) {
  return z
    .string()
    .transform((text, context) => {
      const bytes = toUtf8(text)
      const timeMs = parseTime(bytes, 0, bytes.length)
      if (!Number.isNaN(timeMs)) return timeMs
      const hint = / \d\d:?\d\d$/.test(text) ? '; write + as %2B in a URL' : ''
      context.addIssue({ code: 'custom', message: `a time such as ${example}${hint}` })
      return z.NEVER
    })
    .optional()
    .openapi({ type: 'string', format: 'date-time', description: `${meaning}, RFC 3339`, example })
}
