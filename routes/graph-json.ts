// The graph as answers show it.

import { z } from '@hono/zod-openapi'
import { formatTime } from '../src/base/rfc3339.ts'
import type { Capped, Evidence, KnownEdge, KnownNode } from '../src/contract/knowledge.ts'
import { nodeKeySchema } from './search-body.ts'

const timeText = z.string().nullable()

export const evidenceSchema = z
  .object({
    segment_id: z.string(),
    doc_id: z.string(),
    event_time: z.string(),
    citation: z.string().describe('names the event; /v1/events tells its hash'),
  })
  .openapi('Evidence')

export const nodeSchema = z
  .object({
    type: z.string(),
    key: z.string(),
    count: z.int().describe('events that mention it'),
    first_seen: timeText,
    last_seen: timeText,
    hops: z.int().optional().describe('bfs: from the nearest start'),
    visits: z.int().optional().describe('random: how often walks came by'),
    score: z.number().optional().describe('ppr: all scores add up to 1'),
  })
  .openapi('Node')

export const edgeSchema = z
  .object({
    from: nodeKeySchema,
    type: z.string(),
    to: nodeKeySchema,
    count: z.int().describe('events that it occurs in'),
    weight: z.number(),
    first_seen: z.string(),
    last_seen: z.string(),
    evidence: z.array(evidenceSchema).describe('the newest of them'),
  })
  .openapi('Edge')

export const cappedSchema = z
  .object({
    hubs: z.array(nodeKeySchema).describe('nodes with more edges than `degree_max`; the first of them'),
    hub_count: z.int(),
    limit: z.boolean().describe('there was more to tell than `limit`'),
    reach: z.boolean().describe('there was more to read than a walk may hold'),
  })
  .openapi('CappedBy')

export const edgeExample = {
  from: { type: 'member', key: 'M09CYC84' },
  type: 'opened',
  to: { type: 'game', key: 'g-17' },
  count: 4,
  weight: 4,
  first_seen: '2025-06-01T12:00:00.000Z',
  last_seen: '2025-06-01T18:20:00.000Z',
  evidence: [
    {
      segment_id: 'default/events/2025-06-01/0',
      doc_id: '0-1807',
      event_time: '2025-06-01T18:20:00.000Z',
      citation: 'alluvium:event/default/events/2025-06-01/0/0-1807',
    },
  ],
}

export const nodeExample = {
  type: 'member',
  key: 'M09CYC84',
  count: 12,
  first_seen: '2025-06-01T12:00:00.000Z',
  last_seen: '2025-06-01T18:20:00.000Z',
}

export function nodeJson({ type, key, count, firstMs, lastMs, hops, visits, score }: KnownNode) {
  return {
    type,
    key,
    count,
    first_seen: timeOf(firstMs),
    last_seen: timeOf(lastMs),
    ...(hops !== undefined && { hops }),
    ...(visits !== undefined && { visits }),
    ...(score !== undefined && { score }),
  }
}

export function edgeJson({ from, type, to, count, weight, firstMs, lastMs, evidence }: KnownEdge) {
  return {
    from,
    type,
    to,
    count,
    weight,
    first_seen: formatTime(firstMs),
    last_seen: formatTime(lastMs),
    evidence: evidence.map(evidenceJson),
  }
}

export function evidenceJson({ segmentId, docId, timeMs }: Evidence) {
  return {
    segment_id: segmentId,
    doc_id: docId,
    event_time: formatTime(timeMs),
    citation: `alluvium:event/${segmentId}/${docId}`,
  }
}

/** `capped` says whether bounds have cut anything, and `capped_by` what. */
export function cappedJson({ hubs, hubCount, limit, reach }: Capped) {
  return {
    capped: hubCount > 0 || limit || reach,
    capped_by: { hubs, hub_count: hubCount, limit, reach },
  }
}

function timeOf(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : formatTime(timeMs)
}
