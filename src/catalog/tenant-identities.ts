// The identities of every tenant, with the parts they are looked up in.

import type { Segment } from '../contract/segment.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { CorruptIds, openIds, type ReadRange } from '../segment/ids.ts'
import { Identities } from './identities.ts'

export class TenantIdentities {
  readonly #byTenant = new Map<string, Identities>()
  readonly read: ReadRange

  constructor(store: ObjectStore) {
    this.read = (key, start, end) => store.getRange(key, start, end)
  }

  /** Loads what stays in memory of every ids part. A damaged one is set aside, and duplicates are no longer exact. */
  static async open(segments: Iterable<Segment>, store: ObjectStore): Promise<TenantIdentities> {
    const all = new TenantIdentities(store)
    for (const { tenant, segment_id, parts } of segments) {
      for (const { role, key } of parts) if (role === 'ids') await all.load(tenant, segment_id, key)
    }
    return all
  }

  of(tenant: string): Identities {
    let identities = this.#byTenant.get(tenant)
    if (!identities) this.#byTenant.set(tenant, (identities = new Identities()))
    return identities
  }

  async load(tenant: string, segmentId: string, key: string): Promise<void> {
    try {
      this.of(tenant).addSealed(segmentId, await openIds(key, this.read))
    } catch (error) {
      if (!(error instanceof CorruptIds)) throw error
      this.of(tenant).setAside(key)
    }
  }

  ofSegment(segmentId: string): Identities {
    return this.of(segmentId.slice(0, segmentId.indexOf('/')))
  }

  get exact(): boolean {
    return [...this.#byTenant.values()].every(({ exact }) => exact)
  }

  /** Bytes of memory and events behind filters. */
  get size(): { bytes: number; events: number } {
    const sizes = [...this.#byTenant.values()].map(({ sealedSize }) => sealedSize)
    return {
      bytes: sizes.reduce((sum, size) => sum + size.bytes, 0),
      events: sizes.reduce((sum, size) => sum + size.events, 0),
    }
  }

  get all(): Iterable<[string, Identities]> {
    return this.#byTenant
  }
}
