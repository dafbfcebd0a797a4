// One hit for each value of a field: the best event of each, in the order of their best.

import { fromUtf8 } from '../../base/bytes.ts'
import type { SearchHit } from '../../contract/knowledge.ts'
import type { FoundEvent } from '../../segment/event.ts'
import { type FieldValue, textOf } from '../filter/value.ts'
import { type RankedDoc, readRanked } from './expand.ts'

interface Grouped {
  ranked: RankedDoc
  event: FoundEvent
  group: NonNullable<SearchHit['group']>
}

const pageDocs = 128

/** @returns at most k groups, counted over the first `docsMax` events */
export async function groupHits(
  docs: readonly RankedDoc[],
  path: string,
  { k, docsMax }: { k: number; docsMax: number },
): Promise<Grouped[]> {
  const groups = new Map<string | null, Grouped>()
  for (let at = 0; at < Math.min(docs.length, docsMax); at += pageDocs) {
    for (const { ranked, event } of await readRanked(docs.slice(at, at + pageDocs))) {
      const value = fieldOf(event, path)
      const known = groups.get(value)
      if (known) known.group.count++
      else groups.set(value, { ranked, event, group: { value, count: 1 } })
    }
  }
  return [...groups.values()].slice(0, k)
}

const envelopeFields: Readonly<Record<string, (event: FoundEvent) => string | null>> = {
  event_id: ({ eventId }) => eventId,
  source: ({ source }) => source,
  type: ({ type }) => type,
  entity_id: ({ entityId }) => entityId,
  schema_version: ({ schemaVersion }) => schemaVersion,
  event_time: ({ eventTimeMs }) => new Date(eventTimeMs).toISOString(),
  batch_id: ({ batchId }) => batchId,
  late: ({ late }) => String(late),
}

/** A field of an event as text; null where it has none. */
function fieldOf(event: FoundEvent, path: string): string | null {
  const envelope = envelopeFields[path]
  if (envelope) return envelope(event)
  const payload = JSON.parse(fromUtf8(event.payload)) as unknown
  const own = path.startsWith('payload.') ? path.slice('payload.'.length) : path
  const value = valueAt(payload, path) ?? valueAt(payload, own)
  return textOf(typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as FieldValue))
}

/** A dotted name may be a key as it is, or lead through objects. */
function valueAt(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path]
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    if (Object.hasOwn(value, head)) {
      const found = valueAt((value as Record<string, unknown>)[head], path.slice(dot + 1))
      if (found !== undefined) return found
    }
  }
  return undefined
}
