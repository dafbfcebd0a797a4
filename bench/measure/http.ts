// One request at a time over a connection that stays open, and how long its answer took.

import { Agent, type IncomingMessage, request } from 'node:http'

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  text: string
  /** from the first byte sent to the last one read */
  ms: number
}

export class HttpClient {
  readonly #agent: Agent
  readonly #base: string

  constructor(base: string, connections = 1) {
    this.#base = base
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }

  /** @param body  NDJSON */
  send(method: string, path: string, body?: Uint8Array): Promise<Answer> {
    return this.#request(method, path, body && { type: 'application/x-ndjson', bytes: body })
  }

  /** A question. */
  ask(path: string, question: unknown): Promise<Answer> {
    return this.#request('POST', path, {
      type: 'application/json',
      bytes: Buffer.from(JSON.stringify(question)),
    })
  }

  #request(method: string, path: string, body?: { type: string; bytes: Uint8Array }): Promise<Answer> {
    const startedMs = performance.now()
    return new Promise((resolve, reject) => {
      const headers = body && { 'content-type': body.type, 'content-length': body.bytes.length }
      const call = request(`${this.#base}${path}`, {
        method,
        agent: this.#agent,
        ...(headers && { headers }),
      })
      call.once('error', reject)
      call.once('response', message => {
        const pieces: Buffer[] = []
        message.on('data', piece => pieces.push(piece))
        message.once('error', reject)
        message.once('end', () =>
          resolve({
            status: message.statusCode!,
            headers: message.headers,
            text: Buffer.concat(pieces).toString(),
            ms: performance.now() - startedMs,
          }),
        )
      })
      call.end(body?.bytes)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** @throws Error when the answer is not a 200: what is measured has to work */
export function expectOk(answer: Answer, what: string): Answer {
  if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 500)}`)
  return answer
}
