import { expect, it } from 'vitest'
import { type CatalogVersion, segmentsOf } from '../../src/catalog/version.ts'
import { segmentOf } from './stores.ts'

const hourMs = 3_600_000

it('lists the segments of a tenant and a stream, the oldest slice first, then by generation', () => {
  const segments = [
    segmentOf({ segment_id: 'c', from_ms: 5 * hourMs, until_ms: 6 * hourMs }),
    segmentOf({ segment_id: 'b', from_ms: 0, until_ms: 2 * hourMs, generation: 1 }),
    segmentOf({ segment_id: 'a', from_ms: 0, until_ms: 2 * hourMs, generation: 0 }),
    segmentOf({ segment_id: 'short', from_ms: 0, until_ms: hourMs, generation: 9 }),
    segmentOf({ segment_id: 'other stream', stream: 'clicks', from_ms: hourMs }),
    segmentOf({ segment_id: 'other tenant', tenant: 'u' }),
  ]
  const version: CatalogVersion = {
    version: 1,
    appliedSeq: 1,
    segments: new Map(segments.map(segment => [segment.segment_id, segment])),
  }
  const ids = (...given: [string, string?]) =>
    segmentsOf(version, ...given).map(({ segment_id }) => segment_id)
  expect(ids('t', 'events')).toEqual(['short', 'a', 'b', 'c'])
  expect(ids('t')).toEqual(['short', 'a', 'b', 'other stream', 'c'])
  expect(ids('u', 'events')).toEqual(['other tenant'])
  expect(ids('u', 'clicks')).toEqual([])
})
