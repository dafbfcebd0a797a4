// The command line as a client of a running service: where it is, with which key, and what its answers mean.

import { Failure, type Flag, type Input, type Io } from './command.ts'

export const clientFlags = {
  url: {
    kind: 'text',
    value: 'URL',
    text: 'where the service is (default http://127.0.0.1:8420, or ALLUVIUM_URL)',
  },
  key: {
    kind: 'text',
    value: 'KEY',
    text: 'API key (better ALLUVIUM_KEY: flags can be seen by other users of the machine)',
  },
} as const satisfies Record<string, Flag>

export interface Server {
  /** without a slash at its end */
  url: string
  key?: string | undefined
}

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | undefined>>
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
}

/** The service answered that it won't: RFC 9457, as far as it said. */
export class Problem extends Failure {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, code: string, detail: string, retryAfterSeconds?: number) {
    super(`${detail} (${status} ${code})`)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** No answer came: nothing listens there, or the connection broke. */
export class Unreachable extends Failure {
  override name = 'Unreachable'
}

const answerSecondsMax = 120

/** @throws Failure when the URL is none */
export function serverOf(input: Input, io: Io): Server {
  const url = input.texts.url ?? io.env.ALLUVIUM_URL ?? 'http://127.0.0.1:8420'
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Failure(`${url} is no address: expected http://HOST:PORT`)
  return { url: url.replace(/\/+$/, ''), key: input.texts.key ?? io.env.ALLUVIUM_KEY }
}

/**
 * @returns the answer of a call that succeeded
 * @throws Problem for any status but 2xx, Unreachable when no whole answer came
 */
export async function call(
  server: Server,
  { method = 'GET', path, query = {}, headers = {}, body }: Call,
): Promise<Answer> {
  const told = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const search = new URLSearchParams(told).toString()
  const authorization = server.key ? { authorization: `Bearer ${server.key}` } : {}
  try {
    const response = await fetch(`${server.url}${path}${search && `?${search}`}`, {
      method,
      headers: { accept: 'application/json', ...headers, ...authorization },
      ...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(answerSecondsMax * 1000),
    })
    const answer = { headers: response.headers, text: await response.text() }
    if (response.ok) return answer
    throw problemOf(response, answer.text)
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Unreachable(unreachableText(server, error), { cause: error })
  }
}

export interface Answer {
  headers: Headers
  text: string
}

/** An id with slashes is one segment of the path. */
export function pathOf(...names: string[]): string {
  return names.map(name => `/${encodeURIComponent(name)}`).join('')
}

function problemOf(response: Response, text: string): Problem {
  const after = retryAfterSeconds(response.headers.get('retry-after'))
  const { code, detail, title } = fieldsOf(text)
  const said = detail ?? title ?? (text.slice(0, 200) || response.statusText)
  const hint = response.status === 401 ? '; give a key by --key or ALLUVIUM_KEY' : ''
  return new Problem(response.status, code ?? 'unknown', `${said}${hint}`, after)
}

function fieldsOf(text: string): { code?: string; detail?: string; title?: string } {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {} // not a problem of ours: a proxy in between has answered in its own way
  }
}

/** Seconds, or an HTTP date (RFC 9110 §10.2.3). */
function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header)
  const ms = Date.parse(header)
  return Number.isNaN(ms) ? undefined : Math.max(0, (ms - Date.now()) / 1000)
}

function unreachableText(server: Server, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const reason =
    cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause)
  const hint = reason === 'ECONNREFUSED' ? '; start it with: alluvium serve' : ''
  return `no answer from ${server.url} (${reason})${hint}`
}
