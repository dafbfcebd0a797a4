// What a careful client writes down: what it sent, what it was told, and what it was not told because the service was
// gone. From that follows what a service may show after a crash: everything acknowledged exactly once, nothing else but
// requests that were under way, and of those each whole or not at all.

import { toUtf8 } from '../../src/base/bytes.ts'
import type { IngestRequest, ReplayRequest } from '../../src/contract/service.ts'
import { parseRefusalId } from '../../src/segment/refusal-id.ts'
import type { Contents, ReadEvent, ReadRefusal } from './contents.ts'
import { readById, readContents } from './contents.ts'
import type { Opened } from './service.ts'

const stream = 'events'

/** Lines with an id, or a batch with an Idempotency-Key or a file: what may be sent again without doubling anything. */
export interface Batch {
  tenant: string
  lines: string[]
  more?: Pick<IngestRequest, 'wait'> | Partial<IngestRequest>
}

interface Line {
  tenant: string
  text: string
  /** the segment of the last acknowledged acceptance; '' where only `duplicate` was told */
  acceptedIn?: string
  refusedAs: Set<string>
}

/** Puts a patch over everything refused. */
export interface Repair {
  tenant: string
  patch: Record<string, unknown>
  /** where the patch takes the events; the answer does not say it */
  segmentId: string
}

export class Ledger {
  readonly #lines = new Map<string, Line>()
  readonly #evicted = new Set<string>()
  readonly #resolved = new Set<string>()
  #unsureBatches: Batch[] = []
  #unsureEvictions: { tenant: string; segmentId: string }[] = []
  #unsureRepairs: Repair[] = []

  /** @returns false when the answer was not told */
  async send(opened: Opened, batch: Batch): Promise<boolean> {
    const told = await opened.told(opened.service.ingest(requestOf(batch)))
    if (told === 'gone' || 'error' in told) {
      this.#unsureBatches.push(batch)
      return false
    }
    const { receipts, sent, accepted, duplicate, quarantined } = told.value
    expectThat(sent === batch.lines.length, `sent is ${sent} of ${batch.lines.length}`)
    expectThat(accepted + duplicate + quarantined === sent, 'the outcomes add up to what was sent')
    for (const { position, outcome, segment_id, refusal_id } of receipts) {
      const line = this.#line(batch.tenant, batch.lines[position]!)
      if (outcome === 'accepted') line.acceptedIn = segment_id!
      if (outcome === 'duplicate' && !this.#isLive(line)) line.acceptedIn = ''
      if (outcome === 'quarantined') line.refusedAs.add(refusal_id!)
    }
    return true
  }

  async evict(opened: Opened, tenant: string, segmentId: string): Promise<boolean> {
    const told = await opened.told(opened.service.evict(tenant, segmentId))
    if (told === 'gone' || 'error' in told) {
      this.#unsureEvictions.push({ tenant, segmentId })
      return false
    }
    this.#evicted.add(segmentId)
    return true
  }

  async repair(opened: Opened, repair: Repair): Promise<boolean> {
    const told = await opened.told(opened.service.replay(replayOf(repair)))
    if (told === 'gone' || 'error' in told) {
      this.#unsureRepairs.push(repair)
      return false
    }
    for (const { refusal_id, outcome } of told.value.outcomes) {
      const line = this.#refused(repair.tenant, refusal_id)
      if (outcome === 'quarantined') continue
      this.#resolved.add(refusal_id)
      this.#line(repair.tenant, patched(line.text, repair.patch)).acceptedIn ??= repair.segmentId
    }
    return true
  }

  /** The service may show this. @throws Error that says what is missing, doubled, changed or not explained */
  async check(opened: Opened): Promise<Contents> {
    const contents = await readContents(opened.service, { tenants: this.#tenants, streams: [stream] })
    expectThat(!contents.partial, 'nothing is set aside')
    this.#checkEvents(contents)
    this.#checkRefusals(contents)
    this.#checkUnsure(contents)
    for (const event of contents.events) {
      const found = await readById(opened.service, event)
      expectThat(
        found.length === 1 && found[0]!.text === event.text,
        `${event.text} in ${event.segmentId} is found ${found.length} times by its id`,
      )
    }
    return contents
  }

  /** Sends again whatever was not told, as a client does when the service is back. */
  async sendAgain(opened: Opened): Promise<void> {
    const [batches, evictions, repairs] = [this.#unsureBatches, this.#unsureEvictions, this.#unsureRepairs]
    this.#unsureBatches = []
    this.#unsureEvictions = []
    this.#unsureRepairs = []
    for (const batch of batches) await this.send(opened, batch)
    for (const repair of repairs) await this.#repairAgain(opened, repair)
    for (const { tenant, segmentId } of evictions) await this.evict(opened, tenant, segmentId)
  }

  /** Every request has been answered by now. */
  get isSure(): boolean {
    return this.#unsureBatches.length + this.#unsureEvictions.length + this.#unsureRepairs.length === 0
  }

  /** Everything that was accepted and not evicted is a duplicate for good. */
  async checkDuplicates(opened: Opened): Promise<void> {
    for (const tenant of this.#tenants) {
      const lines = this.#known.filter(line => line.tenant === tenant && this.#isLive(line))
      const texts = lines.map(({ text }) => text).filter(text => text.includes('"id":'))
      if (texts.length === 0) continue
      const told = await opened.told(opened.service.ingest(requestOf({ tenant, lines: texts })))
      expectThat(told !== 'gone' && 'value' in told, 'duplicates are answered')
      const { duplicate } = (told as { value: { duplicate: number } }).value
      expectThat(duplicate === texts.length, `${duplicate} of ${texts.length} repeated events are duplicates`)
    }
  }

  /** Resolutions of a repair that was not told before are told by the refusals themselves. */
  async #repairAgain(opened: Opened, repair: Repair): Promise<void> {
    const { tenant, patch, segmentId } = repair
    const told = await opened.told(readContents(opened.service, { tenants: [tenant], streams: [stream] }))
    if (told === 'gone' || 'error' in told) {
      this.#unsureRepairs.push(repair)
      return
    }
    for (const { refusal_id, status, raw } of told.value.refusals) {
      if (status !== 'resolved') continue
      this.#resolved.add(refusal_id)
      this.#line(tenant, patched(raw, patch)).acceptedIn ??= segmentId
    }
    await this.repair(opened, repair)
  }

  #checkEvents({ events }: Contents): void {
    const byText = grouped(events, event => `${event.tenant}\n${event.text}`)
    const byId = grouped(events, event => `${event.tenant}\n${event.source}\n${event.eventId}`)
    for (const [id, same] of byId) expectThat(same.length === 1, `${id} is stored ${same.length} times`)
    for (const line of this.#known) {
      const found = byText.get(keyOf(line)) ?? []
      if (this.#isLive(line) && !this.#mayBeEvicted(line))
        expectThat(found.length === 1, `${line.text} was acknowledged and is there ${found.length} times`)
      const { acceptedIn } = line
      if (found[0] && acceptedIn && !this.#evicted.has(acceptedIn))
        expectThat(found[0].segmentId === acceptedIn, `${line.text} is in the segment that was told`)
    }
    for (const [key, [event]] of byText) {
      const line = this.#lines.get(key)
      const explained = (line && this.#isLive(line)) || this.#mayBeThere(event!)
      expectThat(explained, `${event!.text} is there, and nobody was told so`)
    }
  }

  #checkRefusals({ refusals }: Contents): void {
    const byId = grouped(refusals, refusal => `${refusal.tenant}\n${refusal.refusal_id}`)
    const byRaw = grouped(refusals, refusal => `${refusal.tenant}\n${refusal.raw}`)
    for (const [id, same] of byId)
      expectThat(same.length === 1, `refusal ${id} is there ${same.length} times`)
    for (const line of this.#known) {
      const rows = byRaw.get(keyOf(line)) ?? []
      for (const id of line.refusedAs) {
        if (this.#isGone(line.tenant, id)) continue
        const row = rows.find(({ refusal_id }) => refusal_id === id)
        expectThat(row !== undefined, `refusal ${id} of ${line.text} was acknowledged and is missing`)
        if (this.#resolved.has(id)) expectThat(row!.status === 'resolved', `refusal ${id} is resolved`)
        else if (this.#unsureRepairs.length === 0) expectThat(row!.status === 'open', `refusal ${id} is open`)
      }
    }
    for (const row of refusals) {
      const line = this.#lines.get(`${row.tenant}\n${row.raw}`)
      const explained = line?.refusedAs.has(row.refusal_id) === true || this.#mayBeThere(row)
      expectThat(explained, `refusal ${row.refusal_id} of ${row.raw} is there, and nobody was told so`)
    }
    for (const [key, rows] of byRaw) {
      const told = this.#lines.get(key)?.refusedAs.size ?? 0
      const unsure = this.#unsureBatches.filter(({ tenant, lines }) =>
        lines.some(text => key === `${tenant}\n${text}`),
      )
      expectThat(rows.length <= told + unsure.length, `${key} is refused ${rows.length} times`)
    }
  }

  /** A request that was not told is there whole or not at all. */
  #checkUnsure({ events, refusals }: Contents): void {
    for (const { tenant, lines } of this.#unsureBatches) {
      const fresh = lines.filter(text => !this.#lines.has(`${tenant}\n${text}`))
      const there = fresh.filter(
        text =>
          events.some(event => event.tenant === tenant && event.text === text) ||
          refusals.some(refusal => refusal.tenant === tenant && refusal.raw === text),
      )
      const whole = there.length === 0 || there.length === fresh.length
      expectThat(whole, `${there.length} of ${fresh.length} events of a batch are there`)
    }
    for (const { segmentId } of this.#unsureEvictions) {
      const lines = this.#known.filter(({ acceptedIn }) => acceptedIn === segmentId)
      const there = lines.filter(line => events.some(event => keyOf(event) === keyOf(line)))
      expectThat(there.length === 0 || there.length === lines.length, `half of ${segmentId} is evicted`)
    }
    for (const { tenant, patch } of this.#unsureRepairs) {
      for (const { raw, status } of refusals.filter(refusal => refusal.tenant === tenant)) {
        const text = parses(raw) ? patched(raw, patch) : undefined
        const isThere = events.some(event => event.tenant === tenant && event.text === text)
        if (isThere) expectThat(status === 'resolved', `${raw} was repaired and its refusal is open`)
      }
    }
  }

  #isLive({ acceptedIn }: Line): boolean {
    return acceptedIn !== undefined && !this.#evicted.has(acceptedIn)
  }

  #mayBeEvicted({ acceptedIn }: Line): boolean {
    return this.#unsureEvictions.some(({ segmentId }) => segmentId === acceptedIn || acceptedIn === '')
  }

  #isGone(tenant: string, refusalId: string): boolean {
    const { segmentId } = parseRefusalId(refusalId, tenant, stream)!
    return (
      this.#evicted.has(segmentId) || this.#unsureEvictions.some(unsure => unsure.segmentId === segmentId)
    )
  }

  #mayBeThere(found: ReadEvent | ReadRefusal): boolean {
    const text = 'text' in found ? found.text : found.raw
    const isSent = this.#unsureBatches.some(
      ({ tenant, lines }) => tenant === found.tenant && lines.includes(text),
    )
    const isRepaired = this.#unsureRepairs.some(
      ({ tenant, patch }) =>
        tenant === found.tenant &&
        this.#known.some(
          line => line.refusedAs.size > 0 && parses(line.text) && patched(line.text, patch) === text,
        ),
    )
    return isSent || isRepaired
  }

  #refused(tenant: string, refusalId: string): Line {
    const line = this.#known.find(line => line.tenant === tenant && line.refusedAs.has(refusalId))
    if (!line) throw new Error(`refusal ${refusalId} is not known to the client`)
    return line
  }

  #line(tenant: string, text: string): Line {
    const key = keyOf({ tenant, text })
    let line = this.#lines.get(key)
    if (!line) this.#lines.set(key, (line = { tenant, text, refusedAs: new Set() }))
    return line
  }

  get #known(): Line[] {
    return [...this.#lines.values()]
  }

  get #tenants(): string[] {
    const sent = [...this.#known, ...this.#unsureBatches].map(({ tenant }) => tenant)
    return [...new Set(sent)].sort()
  }
}

function requestOf({ tenant, lines, more }: Batch): IngestRequest {
  const body = toUtf8(lines.join('\n'))
  const request = { tenant, stream, format: 'ndjson' as const, body, fields: {}, reopen: false }
  return { ...request, wait: 'durable', receipts: 'all', ...more }
}

function replayOf({ tenant, patch }: Repair): ReplayRequest {
  return { tenant, stream, patch, fields: {}, reopen: false, limit: 100 }
}

/** As the service makes it: the refused bytes themselves where they are no object. */
function patched(text: string, patch: Record<string, unknown>): string {
  return parses(text) ? JSON.stringify({ ...JSON.parse(text), ...patch }) : text
}

function parses(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false // which is the question
  }
}

function keyOf({ tenant, text }: { tenant: string; text: string }): string {
  return `${tenant}\n${text}`
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

/** Plain, since it is asked a hundred thousand times. */
function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
