// Concurrent producers over HTTP, each of whom remembers what it sent until it was answered, and sends it again to whatever
// process answers next.

import { seededRandom } from '../../src/base/random.ts'

interface Sent {
  lines: string[]
  key: string | undefined
}

const pauseMs = 5
const dayMs = 86_400_000
const firstDayMs = Date.UTC(2025, 0, 1)

export class Clients {
  readonly #random: () => number
  readonly #unanswered: Sent[] = []
  readonly #live = new Map<string, string>()
  readonly #refused = new Set<string>()
  readonly #unsureSegments = new Set<string>()
  #lastId = 0
  #running = false
  #loops: Promise<void>[] = []
  /** events in the slice of this day */
  day = 0
  lastAnsweredSeq = 0
  acknowledged = 0
  repeated = { accepted: 0, duplicate: 0 }

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** Sends again what was not answered, then begins to send new batches side by side. */
  async start(url: string, clientCount: number): Promise<void> {
    for (const sent of this.#unanswered.splice(0)) {
      const answer = await this.#send(url, sent)
      if (!answer) throw new Error('a batch that was sent again is not answered')
      this.repeated.accepted += answer.accepted
      this.repeated.duplicate += answer.duplicate
    }
    for (const segmentId of [...this.#unsureSegments]) await this.evict(url, segmentId)
    this.#running = true
    this.#loops = Array.from({ length: clientCount }, () => this.#loop(url))
  }

  /** Resolves when nobody waits for an answer any more. */
  async stop(): Promise<void> {
    this.#running = false
    await Promise.all(this.#loops)
  }

  async evict(url: string, segmentId: string): Promise<void> {
    this.#unsureSegments.add(segmentId)
    const path = `/v1/segments/${encodeURIComponent(segmentId)}`
    const response = await fetch(url + path, { method: 'DELETE' }).catch(() => undefined)
    if (response?.status !== 204 && response?.status !== 200 && response?.status !== 404) return
    this.#unsureSegments.delete(segmentId)
    for (const [id, text] of this.#live) if (segmentOf(text) === segmentId) this.#live.delete(id)
  }

  /** @throws Error that says what is missing, doubled or changed */
  async check(url: string): Promise<void> {
    const unanswered = new Set(this.#unanswered.flatMap(({ lines }) => lines))
    const missing = new Map(this.#live)
    const seen = new Set<string>()
    for await (const line of readAll(url)) {
      const id = (JSON.parse(line) as { event_id: string }).event_id
      const payload = line.slice(line.indexOf(',"payload":') + ',"payload":'.length, -1)
      if (seen.has(id)) throw new Error(`${id} is stored twice`)
      seen.add(id)
      const expected = this.#live.get(id)
      if (expected !== undefined && expected !== payload) throw new Error(`${id} has become ${payload}`)
      if (expected === undefined && !unanswered.has(payload)) throw new Error(`${payload} was never sent`)
      missing.delete(id)
    }
    for (const [id, text] of missing)
      if (!this.#unsureSegments.has(segmentOf(text))) throw new Error(`${id} was acknowledged and is missing`)
    await this.#checkRefusals(url, unanswered)
  }

  async #checkRefusals(url: string, unanswered: ReadonlySet<string>): Promise<void> {
    const raws: string[] = []
    let cursor = ''
    do {
      const response = await fetch(`${url}/v1/quarantine?limit=1000${cursor}`)
      const page = (await response.json()) as { refusals: { raw: string }[]; next_cursor: string | null }
      raws.push(...page.refusals.map(({ raw }) => raw))
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
    } while (cursor !== '')
    if (new Set(raws).size !== raws.length) throw new Error('a refusal is stored twice')
    for (const raw of this.#refused)
      if (!raws.includes(raw)) throw new Error(`the refusal of ${raw} is missing`)
    for (const raw of raws)
      if (!this.#refused.has(raw) && !unanswered.has(raw)) throw new Error(`${raw} was never refused`)
  }

  async #loop(url: string): Promise<void> {
    while (this.#running) {
      const sent = this.#batch()
      const answer = await this.#send(url, sent)
      if (!answer) return
      await new Promise(resolve => setTimeout(resolve, this.#random() * pauseMs))
    }
  }

  async #send(url: string, sent: Sent): Promise<{ accepted: number; duplicate: number } | undefined> {
    this.#unanswered.push(sent)
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      body: sent.lines.join('\n'),
      headers: {
        'content-type': 'application/x-ndjson',
        ...(sent.key !== undefined && { 'idempotency-key': sent.key }),
      },
    }).catch(() => undefined)
    const answer = response?.ok === true ? await response.json().catch(() => undefined) : undefined
    if (!answer) return undefined
    const { batch_id, sent: count, accepted, duplicate, quarantined } = answer
    if (count !== sent.lines.length || accepted + duplicate + quarantined !== count)
      throw new Error(`${JSON.stringify(answer)} for ${sent.lines.length} events`)
    this.#unanswered.splice(this.#unanswered.indexOf(sent), 1)
    this.lastAnsweredSeq = Math.max(this.lastAnsweredSeq, Number(batch_id.slice(batch_id.indexOf('-') + 1)))
    this.acknowledged += accepted
    for (const line of sent.lines) {
      if (line.startsWith('{')) this.#live.set((JSON.parse(line) as { id: string }).id, line)
      else this.#refused.add(line)
    }
    return { accepted, duplicate }
  }

  #batch(): Sent {
    const lines = Array.from({ length: 1 + Math.floor(this.#random() * 30) }, () => this.#line())
    const isKeyed = this.#random() < 0.2
    if (isKeyed) lines.push(`no json ${++this.#lastId}`)
    return { lines, key: isKeyed ? `key-${this.#lastId}` : undefined }
  }

  #line(): string {
    const id = ++this.#lastId
    const time = new Date(firstDayMs + this.day * dayMs).toISOString()
    const filler = 'x'.repeat(Math.floor(this.#random() * 300))
    return `{"id":"e${id}", "time":"${time}","type":"kill","n":${id}.10,"filler":"${filler}ü"}`
  }
}

function segmentOf(text: string): string {
  return `default/events/${(JSON.parse(text) as { time: string }).time.slice(0, 10)}/0`
}

async function* readAll(url: string): AsyncGenerator<string> {
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = `limit=10000${cursor === '' ? '' : `&cursor=${cursor}`}`
    const response: Response = await fetch(`${url}/v1/events?${query}`, {
      headers: { accept: 'application/x-ndjson' },
    })
    if (!response.ok) throw new Error(`reading: ${response.status} ${await response.text()}`)
    const text = await response.text()
    for (const line of text.split('\n')) if (line !== '') yield line
    cursor = response.headers.get('next-cursor')
  }
}
