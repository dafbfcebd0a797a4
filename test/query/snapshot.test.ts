import { expect, it } from 'vitest'
import type { CatalogVersion } from '../../src/catalog/version.ts'
import { asOf, type Moment, publishedAt, type QueryContext } from '../../src/query/snapshot.ts'
import { segmentOf } from '../catalog/stores.ts'

const version: CatalogVersion = {
  version: 3,
  appliedSeq: 5,
  segments: new Map(['a', 'b'].map(id => [id, segmentOf({ segment_id: id })])),
}
const context = { catalogAt: () => version } as unknown as QueryContext
const moment: Moment = { writer: 'w', version: 3, seq: 9, exact: false, gone: [], chunks: [] }

it('shows the published version as it is while nothing was evicted since', () => {
  expect(publishedAt(moment, context)).toBe(version)
})

it('takes away what was evicted since, and leaves the version to others as it was', () => {
  const found = publishedAt({ ...moment, gone: ['a', 'unheard of'] }, context)
  expect([...found.segments.keys()]).toEqual(['b'])
  expect(found.appliedSeq).toBe(5)
  expect(version.segments.size).toBe(2)
})

it('tells of a moment what answers say', () => {
  expect(asOf(moment)).toEqual({ catalog: 3, writers: { w: 9 }, exact: false })
})
