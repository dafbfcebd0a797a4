// A small server that takes events as the service does: it knows an event by its id, or by file and row, remembers
// idempotency keys, and answers in receipts. A test can tell it to be busy, to break off, or to be strict.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BatchAnswer } from '../../../src/contract/receipt.ts'

/** What happens to a request instead of the ordinary; `lost` stores the events and then breaks the connection. */
type Fault = 'broken' | 'lost' | { status: number; retryAfter?: string; code?: string }

export interface FakeService {
  url: string
  /** each stored event by its id */
  events: Map<string, string>
  requests: { query: URLSearchParams; headers: IncomingMessage['headers']; bytes: number; atMs: number }[]
  /** looked at before each request, by its number from 0 */
  fault: (request: number) => Fault | undefined
  bodyBytesMax: number
  /** called once a batch is stored, before the answer */
  onStored: () => void | Promise<void>
  close(): Promise<void>
}

export async function fakeService(): Promise<FakeService> {
  const answers = new Map<string, BatchAnswer>()
  const server = createServer((request, response) => {
    handle(request, response).catch(error => response.destroy(error))
  })
  const fake: FakeService = {
    url: '',
    events: new Map(),
    requests: [],
    fault: () => undefined,
    bodyBytesMax: Number.POSITIVE_INFINITY,
    onStored: () => {},
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams: query } = new URL(request.url ?? '', 'http://fake')
    const fault = fake.fault(fake.requests.length)
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const body = Buffer.concat(pieces)
    fake.requests.push({ query, headers: request.headers, bytes: body.length, atMs: Date.now() })
    if (fault === 'broken') return void request.socket.destroy()
    if (typeof fault === 'object') return problem(response, fault)
    if (body.length > fake.bodyBytesMax) return problem(response, { status: 413, code: 'body_too_large' })
    const key = String(request.headers['idempotency-key'])
    const answer = answers.get(key) ?? store(body, query)
    answers.set(key, answer)
    await fake.onStored()
    if (fault === 'lost') return void request.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  function store(body: Buffer, query: URLSearchParams): BatchAnswer {
    const lines = body
      .toString()
      .split('\n')
      .filter(line => line.trim() !== '')
    const answer: BatchAnswer = {
      batch_id: 'b',
      sent: lines.length,
      accepted: 0,
      duplicate: 0,
      late: 0,
      masked: 0,
      quarantined: 0,
      receipts: [],
    }
    const batch = query.get('file') ?? createHash('sha256').update(body).digest('hex')
    lines.forEach((line, position) => {
      const id = idOf(line) ?? `${batch}:${Number(query.get('first_row') ?? 0) + position}`
      if (id === 'malformed') {
        answer.quarantined++
        answer.receipts.push({
          position,
          outcome: 'quarantined',
          stage: 'decode',
          code: 'malformed_json',
          path: '',
          message: 'no JSON',
        })
      } else if (fake.events.has(id)) answer.duplicate++
      else {
        fake.events.set(id, line)
        answer.accepted++
      }
    })
    return answer
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return fake
}

function idOf(line: string): string | undefined {
  try {
    return JSON.parse(line).id
  } catch {
    return 'malformed' // what the service would quarantine
  }
}

function problem(
  response: ServerResponse,
  { status, retryAfter, code = 'queue_full' }: { status: number; retryAfter?: string; code?: string },
): void {
  const headers = {
    'content-type': 'application/problem+json',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  }
  response
    .writeHead(status, headers)
    .end(JSON.stringify({ type: 'x', title: 'No', status, detail: `no, says ${code}`, code }))
}
