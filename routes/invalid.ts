// A request that doesn't fit its schema, told so that a person can repair it: where it is wrong, what was expected,
// and the name that was probably meant.

import { z } from '@hono/zod-openapi'
import { nearest } from '../src/base/nearest.ts'
import { type ItemError, Refused } from '../src/contract/refused.ts'

const errorsMax = 20

/** @param target  the part of the request, as Hono names it: query, param, header or json */
export function invalid(target: string, error: z.ZodError): Refused {
  const place = places[target] ?? target
  const errors = error.issues.slice(0, errorsMax).map(issue => itemError(place, issue))
  const [first] = errors
  return new Refused('bad_request', first ? `${first.path}: ${first.message}` : `the ${place} is not valid`, {
    errors,
  })
}

/** An object of these fields and no others: a misspelt name is an error with a hint, never ignored. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? unknownMessage(issue.keys, known) : undefined),
  })
}

/** What a person calls the part of the request where a value stood. */
const places: Record<string, string> = { query: 'query', param: 'path', header: 'header', json: 'body' }

function itemError(place: string, issue: z.core.$ZodIssue): ItemError {
  if (issue.code === 'unrecognized_keys') {
    const path = issue.keys.length === 1 ? [...issue.path, issue.keys[0]!] : issue.path
    return { path: join(place, path), code: 'unknown_field', message: issue.message }
  }
  return { path: join(place, issue.path), code: issue.code, message: messageOf(place, issue) }
}

/** A query knows only text: what zod calls an array was a name given twice, and what it calls undefined is not there. */
function messageOf(place: string, issue: z.core.$ZodIssue): string {
  if (issue.message.endsWith('received undefined')) return 'is missing'
  if (place === 'query' && issue.message.endsWith('received array')) return 'is given more than once'
  return issue.message
}

function unknownMessage(keys: readonly string[], known: readonly string[]): string {
  return keys
    .slice(0, errorsMax)
    .map(key => {
      const meant = nearest(key, known)
      return `${JSON.stringify(key)} is not known here${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
    .concat(known.length > 0 ? `known: ${known.join(', ')}` : [])
    .join('; ')
}

function join(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${String(step)}`),
    place,
  )
}
