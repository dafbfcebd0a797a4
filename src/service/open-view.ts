// What the writer shows to readers: the events and refusals that no published part holds yet, together with the version
// that they go on top of. Each call answers in one turn, so that version and rows belong together.

import { toUtf8 } from '../base/bytes.ts'
import { murmur3x128 } from '../base/murmur3.ts'
import type { OpenPlace } from '../catalog/identities.ts'
import type { Slices } from '../catalog/slices.ts'
import type { TenantIdentities } from '../catalog/tenant-identities.ts'
import type { Segment } from '../contract/segment.ts'
import type { Located, Moment, OpenEventsRequest, OpenReads, OpenRefusal } from '../query/snapshot.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { type Chunk, refusalRows } from '../segment/chunk.ts'
import { type FoundEvent, Page } from '../segment/event.ts'
import { readOpen, scanOpen } from '../segment/open.ts'
import { compareSegmentIds, docsBehind } from '../segment/slice.ts'

export class OpenView implements OpenReads {
  readonly #writer: string
  readonly #chunks: readonly Chunk[]
  readonly #slices: Slices
  readonly #identities: TenantIdentities
  readonly #identitySeed: number
  /** the published version that open rows go on top of */
  version: number
  seq: number

  constructor(
    writer: string,
    chunks: readonly Chunk[],
    slices: Slices,
    identities: TenantIdentities,
    root: { version: number; applied_seq: number; identity_seed: number },
  ) {
    this.#writer = writer
    this.#chunks = chunks
    this.#slices = slices
    this.#identities = identities
    this.#identitySeed = root.identity_seed
    this.version = root.version
    this.seq = root.applied_seq
  }

  async moment(): Promise<Moment> {
    return this.#moment()
  }

  #moment(): Moment {
    return {
      writer: this.#writer,
      version: this.version,
      seq: this.seq,
      exact: this.#identities.exact,
      gone: [...this.#slices.gone.keys()],
      chunks: this.#chunks.map(({ number }) => number),
    }
  }

  async segments(tenant: string): Promise<{ moment: Moment; segments: Segment[] }> {
    const segments = [...this.#slices.segments.values()].filter(segment => segment.tenant === tenant)
    return { moment: this.#moment(), segments }
  }

  async events(asked: OpenEventsRequest): Promise<{ moment: Moment; events: FoundEvent[] }> {
    const { tenant, stream, match, position, order } = asked
    const page = new Page(asked)
    const segmentIds = this.#segmentIds(tenant, stream)
    for (const id of order === 'asc' ? segmentIds : segmentIds.reverse()) {
      const docs = docsBehind(id, position, order)
      if (!docs) continue
      const batches = order === 'asc' ? this.#batches() : [...this.#batches()].reverse()
      for (const found of scanOpen(batches, id, match, docs, order)) {
        if (page.isFull) break
        page.fill([readOpen(found)])
      }
    }
    return { moment: this.#moment(), events: page.events }
  }

  async locate(tenant: string, eventId: string): Promise<Located> {
    const hash = new Uint32Array(4)
    const id = toUtf8(eventId)
    murmur3x128(id, 0, id.length, this.#identitySeed, hash)
    const identities = this.#identities.of(tenant)
    const moment = this.#moment()
    const open = identities
      .findOpen(hash[0]!, hash[1]!)
      .flatMap(place => {
        const batch = this.#batchAt(place)
        return batch ? [readOpen({ batch, row: place.row })] : []
      })
      .filter(event => event.eventId === eventId)
    // begun in the same turn as the open ones are read, so that both are what they are at that moment
    const sealed = await identities.findSealed(hash[0]!, hash[1]!, this.#identities.read)
    return { moment, open, sealed, partial: !identities.exact }
  }

  async refusals(tenant: string, stream: string): Promise<{ moment: Moment; rows: OpenRefusal[] }> {
    const rows = [...this.#batches()]
      .filter(batch => batch.tenant === tenant && batch.stream === stream)
      .flatMap(refusalRows)
      .filter(({ segmentId }) => this.#slices.segments.has(segmentId))
    return { moment: this.#moment(), rows: rows.map(row => ({ ...row, raw: row.raw?.slice() })) }
  }

  /** The segment that an unsealed row belongs to. */
  segmentAt({ chunk, batch, row }: OpenPlace): string | undefined {
    const found = this.#chunks.find(({ number }) => number === chunk)?.batches[batch]
    return found?.segmentIds[found.accepted.segment[row]!]
  }

  /** Live segments of a stream that have open rows, oldest slice first. */
  #segmentIds(tenant: string, stream: string): string[] {
    const ids = new Set<string>()
    for (const batch of this.#batches())
      if (batch.tenant === tenant && batch.stream === stream) for (const id of batch.segmentIds) ids.add(id)
    return [...ids].filter(id => this.#slices.segments.has(id)).sort(compareSegmentIds)
  }

  #batchAt({ chunk, batch }: OpenPlace): CheckedBatch | undefined {
    const found = this.#chunks.find(({ number }) => number === chunk)
    return found && batch < found.visible ? found.batches[batch] : undefined
  }

  *#batches(): Generator<CheckedBatch> {
    for (const { batches, visible } of this.#chunks) for (let i = 0; i < visible; i++) yield batches[i]!
  }
}
