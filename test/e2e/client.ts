// A client that speaks plain HTTP and keeps the bytes of what it is told.

import type { BatchAnswer } from '../../src/contract/receipt.ts'

export const ndjson = 'application/x-ndjson'
export const json = 'application/json'

export interface Answer {
  status: number
  headers: Headers
  bytes: Buffer
  text: string
  /** The body as JSON. */
  json<Value = Record<string, unknown>>(): Value
}

export interface Call {
  body?: Uint8Array | string | ReadableStream<Uint8Array>
  headers?: Record<string, string>
}

export interface Client {
  call(method: string, path: string, call?: Call): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** POST /v1/events. */
  post(body: NonNullable<Call['body']>, options?: PostOptions): Promise<Answer>
  /** POST /v1/events, which must be taken; when it resolves, everything sent before can be read. */
  send(body: NonNullable<Call['body']>, options?: PostOptions): Promise<BatchAnswer>
  /** All pages of events, one line each, as NDJSON has them. */
  lines(query?: string, limit?: number): Promise<Line[]>
  /** A sample of /metrics; labels as they are printed. */
  metric(name: string): Promise<number>
}

export interface PostOptions {
  type?: string
  query?: string
  headers?: Record<string, string>
}

export interface Line {
  event: Envelope
  /** the payload, byte for byte */
  payload: Buffer
}

export interface Envelope {
  event_id: string
  event_time: string
  source: string
  type: string | null
  entity_id: string | null
  segment_id: string
  doc_id: string
  batch_id: string
  late: boolean
  citation: string
}

/** Where it is, and what it said when it left. */
interface Server {
  url: string
  lastWords?: () => string
}

/** @param headers  sent with every call: a key, mostly */
export function clientOf({ url, lastWords }: Server, headers: Record<string, string> = {}): Client {
  const client: Client = {
    async call(method, path, { body, headers: more } = {}) {
      const streamed = body instanceof ReadableStream ? { duplex: 'half' } : {}
      const sent = {
        method,
        headers: { ...headers, ...more },
        ...(body !== undefined && { body }),
        ...streamed,
      }
      const response = await fetch(url + path, sent as RequestInit).catch(error => {
        throw new Error(`${method} ${path}: ${error.cause ?? error}${lastWords?.() ?? ''}`)
      })
      const bytes = Buffer.from(await response.arrayBuffer())
      const text = bytes.toString()
      return { status: response.status, headers: response.headers, bytes, text, json: () => JSON.parse(text) }
    },
    get: (path, more = {}) => client.call('GET', path, { headers: more }),
    post: (body, { type = ndjson, query = '', headers: more } = {}) =>
      client.call('POST', `/v1/events${query}`, { body, headers: { 'content-type': type, ...more } }),
    async send(body, options) {
      const query = `${options?.query ?? ''}${options?.query ? '&' : '?'}wait=indexed`
      const answer = await client.post(body, { ...options, query })
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
      return answer.json<BatchAnswer>()
    },
    async lines(query = '', limit = 10_000) {
      const lines: Line[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const parameters = `limit=${limit}${query && `&${query}`}${cursor && `&cursor=${cursor}`}`
        const page = await client.get(`/v1/events?${parameters}`, { accept: ndjson })
        if (page.status !== 200) throw new Error(`${page.status} ${page.text}`)
        for (const line of linesOf(page.bytes)) lines.push(parseLine(line))
        cursor = page.headers.get('next-cursor') ?? undefined
      }
      return lines
    },
    async metric(name) {
      const { text } = await client.get('/metrics')
      const line = text.split('\n').find(candidate => candidate.startsWith(`${name} `))
      if (line === undefined) throw new Error(`no metric ${name} in ${text}`)
      return Number(line.slice(name.length + 1))
    },
  }
  return client
}

/** The problem of an answer: its status with its code. */
export function problemOf({ status, headers, text }: Answer): string {
  const type = headers.get('content-type')
  return type === 'application/problem+json'
    ? `${status} ${JSON.parse(text).code}`
    : `${status} ${type} ${text.slice(0, 200)}`
}

/** The lines of NDJSON, without their ends. */
export function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start)
    const end = found < 0 ? bytes.length : found
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

/** Waits until something holds, looking ten times a second. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 20): Promise<void> {
  const endMs = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`not within ${seconds} s: ${what}`)
    await pause(100)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

const payloadStart = Buffer.from(',"payload":')

/** The envelope holds no payload of its own, so the first is it, and it reaches to the last brace. */
function parseLine(line: Buffer): Line {
  const at = line.indexOf(payloadStart)
  return {
    event: JSON.parse(`${line.subarray(0, at)}}`),
    payload: line.subarray(at + payloadStart.length, -1),
  }
}
