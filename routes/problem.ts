// Problems (RFC 9457): the one place where a code becomes an HTTP status. A client tells problems apart by `code`; the
// sentence in `detail` is for people and may change.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type ProblemCode, problemCodes, Refused } from '../src/contract/refused.ts'
import type { Env } from './context.ts'

export const problemType = 'application/problem+json'

/** Answers a request that was turned away, and notes why for the log. */
export function problem(c: Context<Env>, refused: Refused, headers: Record<string, string> = {}): Response {
  const { status, title, retryAfterSeconds } = problems[refused.code]
  const waitSeconds = refused.retryAfterSeconds ?? retryAfterSeconds
  c.set('code', refused.code)
  const body: Problem = {
    type: `/docs#problem-${refused.code}`,
    title,
    status,
    detail: refused.message,
    code: refused.code,
    instance: c.var.requestId,
    errors: [...refused.errors],
    ...(c.var.tellsOpenai && { error: openaiError(refused) }),
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': problemType,
      'cache-control': 'no-store',
      ...(waitSeconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(waitSeconds))) }),
      ...(refused.code === 'unauthorized' && { 'www-authenticate': 'Bearer realm="alluvium"' }),
      ...headers,
    },
  })
}

function openaiError({ message, code, errors }: Refused): NonNullable<Problem['error']> {
  return { message, type: code, code, param: errors[0]?.path ?? null }
}

/** Answers what was thrown. Whatever is not Refused is our fault or the world's: logged in full, told without inside. */
export function problemOf(c: Context<Env>, thrown: unknown): Response {
  if (thrown instanceof Refused) return problem(c, thrown)
  c.set('error', thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown))
  const told = `something went wrong here; the log tells more under request id ${c.var.requestId}`
  return problem(c, new Refused('internal', told))
}

interface ProblemKind {
  status: number
  title: string
  /** what a client can do about it */
  remedy: string
  /** wait when whoever refused didn't say how long */
  retryAfterSeconds?: number
}

export const problems: Record<ProblemCode, ProblemKind> = {
  bad_request: { status: 400, title: 'The request is not valid', remedy: 'Repair what errors[] lists.' },
  empty_body: {
    status: 400,
    title: 'The body is empty',
    remedy: 'Send at least one event; with curl use --data-binary.',
  },
  bad_content_encoding: {
    status: 400,
    title: 'The body can’t be decompressed',
    remedy: 'Compress it as Content-Encoding says, or leave the header out.',
  },
  malformed_parquet: {
    status: 400,
    title: 'The Parquet file can’t be read',
    remedy: 'Write the file anew; detail says where it breaks.',
  },
  malformed_arrow: {
    status: 400,
    title: 'The Arrow stream can’t be read',
    remedy: 'Write the stream anew; detail says where it breaks.',
  },
  bad_cursor: {
    status: 400,
    title: 'The cursor is not one of ours',
    remedy: 'Begin again without a cursor, with the same filters.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid API key is needed',
    remedy: 'Send Authorization: Bearer <key>, or X-API-Key.',
  },
  forbidden: {
    status: 403,
    title: 'The API key may not do this',
    remedy: 'Use a key with the scope that detail names.',
  },
  forbidden_origin: {
    status: 403,
    title: 'Not from here',
    remedy: 'Without keys only this machine may call: use a loopback host name, or configure API keys.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing',
    remedy: 'Check the path and the id; it may have been evicted.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This path has other methods',
    remedy: 'Use a method that the Allow header lists.',
  },
  not_acceptable: {
    status: 406,
    title: 'None of the accepted types can be had',
    remedy: 'Accept one of the types that detail lists.',
  },
  timeout: {
    status: 408,
    title: 'The request took too long',
    remedy: 'Send smaller bodies, or faster; ids make it safe to send again.',
  },
  gone: {
    status: 410,
    title: 'It is no longer there',
    remedy: 'It was evicted. Begin again without the cursor.',
  },
  body_too_large: { status: 413, title: 'The body is too large', remedy: 'Send it in several requests.' },
  too_many_events: {
    status: 413,
    title: 'The body holds too many events',
    remedy: 'Send them in several requests.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of a type not taken here',
    remedy: 'Set Content-Type as detail shows.',
  },
  idempotency_conflict: {
    status: 422,
    title: 'The Idempotency-Key was used for another body',
    remedy: 'Use a new key for each body, and the same key only to send the same body again.',
  },
  bad_pack: {
    status: 422,
    title: 'The pack is not valid',
    remedy: 'Repair what errors[] lists, by line and column; `alluvium pack check` shows the same.',
  },
  queue_full: {
    status: 429,
    title: 'Intake is full for the moment',
    remedy: 'Send the same body again after Retry-After seconds. Nothing of it was taken.',
    retryAfterSeconds: 1,
  },
  quota_exceeded: {
    status: 429,
    title: 'The tenant’s quota is used up',
    remedy: 'Send the same body again after Retry-After seconds, or raise the quota.',
    retryAfterSeconds: 1,
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    remedy: 'Send it again; if it stays, look into the log under the request id.',
  },
  not_implemented: {
    status: 501,
    title: 'Not offered on this runtime',
    remedy: 'Run the service where detail says that it is.',
  },
  not_ready: {
    status: 503,
    title: 'Not ready',
    remedy: 'Try again after Retry-After seconds.',
    retryAfterSeconds: 1,
  },
  disk_full: {
    status: 507,
    title: 'The disk is too full to take more',
    remedy: 'Free space or evict segments; reading goes on meanwhile.',
    retryAfterSeconds: 30,
  },
}

export const problemSchema = z
  .object({
    type: z.string().describe('where this kind of problem is explained'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('what is wrong with this request and what to do about it'),
    code: z.enum(problemCodes).describe('stable; tell problems apart by it'),
    instance: z.string().describe('the request id, as the log has it'),
    errors: z.array(
      z.object({
        path: z.string(),
        code: z.string(),
        message: z.string(),
        line: z.int().optional().describe('in the body, where lines can be told'),
        column: z.int().optional(),
      }),
    ),
    error: z
      .object({ message: z.string(), type: z.string(), code: z.string(), param: z.string().nullable() })
      .optional()
      .describe('the same in the words of OpenAI’s API, from the calls that its clients know'),
  })
  .openapi('Problem')
type Problem = z.infer<typeof problemSchema>
