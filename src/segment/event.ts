// One event as readers get it, wherever it lies; and the order in which events are read.

/** A stored event before its payload is hashed. */
export interface FoundEvent {
  segmentId: string
  doc: number
  batchId: string
  position: number
  ingestSeq: number
  eventId: string
  eventTimeMs: number
  ingestTimeMs: number
  source: string
  type: string | null
  schemaVersion: string | null
  entityId: string | null
  late: boolean
  masked: boolean
  /** owns its memory */
  payload: Uint8Array
}

/** What events are asked for. Times in ms, `untilMs` exclusive. */
export interface EventMatch {
  type?: string
  entityId?: string
  source?: string
  fromMs?: number
  untilMs?: number
  /** as of this log sequence */
  seqMax: number
}

/** What one answer may hold: so many events, and no more payload than the first that fills it up. */
export class Page {
  readonly events: FoundEvent[] = []
  readonly #eventsMax: number
  readonly #bytesMax: number
  #bytes = 0

  constructor({ limit, bytesMax }: { limit: number; bytesMax: number }) {
    this.#eventsMax = limit
    this.#bytesMax = bytesMax
  }

  get isFull(): boolean {
    return this.events.length >= this.#eventsMax || this.#bytes >= this.#bytesMax
  }

  get eventsLeft(): number {
    return this.#eventsMax - this.events.length
  }

  /** Adds events in order until the page is full. */
  fill(events: Iterable<FoundEvent>): void {
    for (const event of events) {
      if (this.isFull) return
      this.events.push(event)
      this.#bytes += event.payload.length
    }
  }
}
