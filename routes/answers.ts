// How routes describe their answers in the contract, and the pieces that several answers share.

import { type RouteConfig, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ProblemCode } from '../src/contract/refused.ts'
import type { Env } from './context.ts'
import { problemSchema, problems, problemType } from './problem.ts'

export const asOfSchema = z
  .object({
    catalog: z.int().describe('version of the catalog'),
    writers: z.record(z.string(), z.int()).describe('log sequence of each writer'),
    exact: z.boolean().describe('true while one writer makes duplicates exact'),
  })
  .openapi('AsOf', { description: 'the version that the answer was computed at' })

export const asOfExample = { catalog: 42, writers: { w1: 1807 }, exact: true }

export const nextCursorSchema = z.string().nullable().describe('for the next page; null at the end')
export const partialSchema = z.boolean().describe('true when a part was bad and has been left out')

/** An answer in the contract. Its content may be missing, which lets a handler answer with bytes of its own. */
export type Answer = Exclude<RouteConfig['responses'][string], { $ref: string }>

/** Gives a schema of the contract its name there. A copy of it, because those made before this module lack the method. */
export function named<Schema extends z.ZodType>(name: string, schema: Schema): Schema {
  return schema.clone().openapi(name)
}

/** Describes an answer in JSON, with an example that fits its schema. */
export function jsonAnswer<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  example: z.input<Schema>,
): Answer {
  return { description, content: { 'application/json': { schema, example } } }
}

/** Describes the problems that a call may answer, one entry for each status. */
export function problemAnswers(...codes: ProblemCode[]): Record<number, Answer> {
  const answers: Record<number, Answer> = {}
  for (const status of new Set(codes.map(code => problems[code].status))) {
    const own = codes.filter(code => problems[code].status === status)
    answers[status] = {
      description: own.map(code => `\`${code}\`: ${problems[code].title}`).join('; '),
      content: { [problemType]: { schema: problemSchema } },
    }
  }
  return answers
}

/** What every call with a key may answer. */
export const keyProblems = [
  'unauthorized',
  'forbidden',
  'forbidden_origin',
  'internal',
] as const satisfies ProblemCode[]

/** The ways to send a key; the empty one is for loopback without keys. */
export const withKey = [{ bearer: [] }, { apiKey: [] }, {}]

/** A call as curl makes it, for the contract and the docs page. */
export function curl(source: string): { 'x-codeSamples': { lang: string; label: string; source: string }[] } {
  return { 'x-codeSamples': [{ lang: 'shell', label: 'curl', source }] }
}

/** Answers JSON of the schema's shape, never kept by a cache: what is evicted must be gone everywhere. */
export function json<Value>(c: Context<Env>, value: Value): Response {
  return c.body(JSON.stringify(value), 200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
}
