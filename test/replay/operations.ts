// What may happen to a service, drawn at random from a seed: few ids and few days, so that they meet again and again.

export interface IngestOperation {
  kind: 'ingest'
  tenant: string
  stream: string
  lines: string[]
  source?: string
  key?: string
  file?: { hash: string; firstRow: number }
  reopen: boolean
}

export type Operation =
  | IngestOperation
  | { kind: 'repair'; tenant: string; stream: string; patch: Record<string, unknown> }
  /** the live segment of a tenant of that rank, counted round */
  | { kind: 'evict'; tenant: string; rank: number }
  | { kind: 'expire' }
  | { kind: 'pass'; ms: number }
  | { kind: 'flush' }
  | { kind: 'restart' }

export const tenants = ['t', 'u'] as const
export const streams = ['events', 'audit'] as const

/** Half an hour before yesterday's events begin to be late. */
export const startMs = Date.UTC(2026, 0, 10, 1, 30)
export const hourMs = 3_600_000

export class Operations {
  readonly #random: () => number
  #sent: IngestOperation[] = []
  #keyCount = 0

  constructor(random: () => number) {
    this.#random = random
  }

  next(): Operation {
    const { tenant, stream } = this.#place()
    const dice = this.#random()
    if (dice < 0.62) return this.#ingest()
    if (dice < 0.7) return { kind: 'repair', tenant, stream, patch: this.#patch() }
    if (dice < 0.76) return { kind: 'evict', tenant, rank: this.#below(5) }
    if (dice < 0.79) return { kind: 'expire' }
    if (dice < 0.85) return { kind: 'pass', ms: this.#one([1000, hourMs, hourMs, 7 * hourMs]) }
    return { kind: dice < 0.95 ? 'flush' : 'restart' }
  }

  /** A new batch, or one that was sent before, whole or with something else in it. */
  #ingest(): IngestOperation {
    const before = this.#sent.length > 0 && this.#random() < 0.15 ? this.#one(this.#sent) : undefined
    if (before) return this.#random() < 0.7 ? before : { ...before, lines: [...before.lines, this.#line()] }
    const operation: IngestOperation = {
      kind: 'ingest',
      ...this.#place(),
      lines: Array.from({ length: 1 + this.#below(8) }, () => this.#line()),
      reopen: this.#random() < 0.2,
      ...(this.#random() < 0.3 && { source: this.#one(['s1', 's2']) }),
      ...(this.#random() < 0.2 && { key: `key${this.#keyCount++ % 6}` }),
      ...(this.#random() < 0.15 && {
        file: { hash: this.#one(['a', 'b']).repeat(64), firstRow: this.#below(4) },
      }),
    }
    this.#sent = [...this.#sent.slice(-8), operation]
    return operation
  }

  #line(): string {
    const fields = [
      ...this.#maybe(0.75, () => `"id":${this.#id()}`),
      ...this.#maybe(0.85, () => `"time":${this.#time()}`),
      ...this.#maybe(0.5, () => `"type":"${this.#one(['click', 'view'])}"`),
      ...this.#maybe(0.5, () => `"user_id": ${this.#one(['"u1"', '7', '"u\\u0032"'])}`),
      ...this.#maybe(0.2, () => `"source":${this.#one(['"s1"', '"s3"', '""'])}`),
      ...this.#maybe(
        0.5,
        () => `"n":${this.#one(['1', '2.50', '12345678901234567890', '"x"', 'null', 'true'])}`,
      ),
      ...this.#maybe(0.2, () => `"deep":{"a":[1,{"b": "ü"}]}`),
    ]
    if (this.#random() < 0.07) return this.#one(['no json', '{"id":', '17', '[]', '"text"'])
    return `{${fields.join(this.#one([',', ', ']))}}`
  }

  #id(): string {
    const n = this.#below(40)
    return this.#one([`"e${n}"`, `"e${n}"`, `"\\u0065${n}"`, `${n}`, `"${n}"`, 'null', '""', '[1]', 'true'])
  }

  #time(): string {
    const back = this.#one([0, 1, 2, 30, 50, -24]) * hourMs
    const timeMs = startMs - back + this.#below(hourMs)
    const text = new Date(timeMs).toISOString()
    return this.#one([`"${text}"`, `"${text}"`, `${timeMs}`, '"never"', '"2126-01-01T00:00:00Z"', 'null'])
  }

  #patch(): Record<string, unknown> {
    const time = new Date(startMs - this.#one([1, 30]) * hourMs).toISOString()
    return this.#one([
      { time },
      { time, id: null },
      { time, id: `e${this.#below(40)}` },
      { note: 'still bad' },
    ])
  }

  #place(): { tenant: string; stream: string } {
    return { tenant: this.#random() < 0.8 ? 't' : 'u', stream: this.#random() < 0.8 ? 'events' : 'audit' }
  }

  #maybe(share: number, make: () => string): string[] {
    return this.#random() < share ? [make()] : []
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)]!
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}
