// A request turned away whole. It carries a stable code for machines and a sentence for people; which HTTP status a
// code becomes is decided in routes/problem.ts alone.

export const problemCodes = [
  'bad_request',
  'empty_body',
  'bad_content_encoding',
  'malformed_parquet',
  'malformed_arrow',
  'unauthorized',
  'forbidden',
  'forbidden_origin',
  'not_found',
  'method_not_allowed',
  'not_acceptable',
  'gone',
  'body_too_large',
  'too_many_events',
  'unsupported_media_type',
  'idempotency_conflict',
  'bad_cursor',
  'bad_pack',
  'queue_full',
  'quota_exceeded',
  'disk_full',
  'not_ready',
  'timeout',
  'not_implemented',
  'internal',
] as const
export type ProblemCode = (typeof problemCodes)[number]

export interface ItemError {
  path: string
  code: string
  message: string
  /** where in the body, counted from 1, where lines can be told */
  line?: number
  column?: number
}

export class Refused extends Error {
  override name = 'Refused'
  readonly code: ProblemCode
  readonly retryAfterSeconds: number | undefined
  readonly errors: readonly ItemError[]

  /** @param message  what is wrong and what to do about it */
  constructor(
    code: ProblemCode,
    message: string,
    more: { retryAfterSeconds?: number; errors?: readonly ItemError[] } = {},
  ) {
    super(message)
    this.code = code
    this.retryAfterSeconds = more.retryAfterSeconds
    this.errors = more.errors ?? []
  }
}
