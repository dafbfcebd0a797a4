import { describe, expect, it } from 'vitest'
import { type Gauges, Meters } from '../../src/service/meters.ts'

const gauges: Gauges = {
  queueBytes: 1,
  queueBytesMax: 2,
  logBytes: 3,
  logBytesMax: 4,
  openBytes: 5,
  ready: true,
  writer: {
    queueBytes: 0,
    queueLength: 0,
    indexedSeq: 6,
    publishedSeq: 7,
    publishedVersion: 8,
    segmentCount: 9,
    partCount: 10,
    partBytes: 11,
    identities: { bytes: 12, events: 13 },
    indexed: { texts: 14, distinctTexts: 15 },
    unreadDocs: 16,
    upkeep: { vectorsWaiting: 17, vectorsStuck: 18, metrics: [] },
  },
}

function samples(meters: Meters): Record<string, number> {
  return Object.fromEntries(
    meters
      .metrics(gauges)
      .flatMap(({ name, samples }) =>
        samples.map(({ labels, value }) => [
          [name.slice('alluvium_'.length), ...Object.values(labels)].join(' '),
          value,
        ]),
      ),
  )
}

const counts = { batch_id: 'b', receipts: [], masked: 0 }

describe('meters', () => {
  it('begin at nothing, and tell the gauges that they are given', () => {
    expect(samples(new Meters())).toEqual({
      batches_total: 0,
      events_decoded_total: 0,
      events_accepted_total: 0,
      events_duplicate_total: 0,
      events_quarantined_total: 0,
      events_late_total: 0,
      'quarantine_replayed_total accepted': 0,
      'quarantine_replayed_total duplicate': 0,
      'quarantine_replayed_total quarantined': 0,
      publishes_total: 0,
      evicted_segments_total: 0,
      corrupt_parts_total: 0,
      dead_letters_total: 0,
      queue_bytes: 1,
      queue_bytes_max: 2,
      log_bytes: 3,
      log_bytes_max: 4,
      open_bytes: 5,
      ready: 1,
      indexed_seq: 6,
      published_seq: 7,
      catalog_version: 8,
      segments: 9,
      parts: 10,
      part_bytes: 11,
      distinct_texts_total: 15,
      texts_total: 14,
      sealed_ids: 13,
      sealed_ids_bytes: 12,
      unread_events: 16,
      vectors_waiting: 17,
      vectors_stuck: 18,
    })
    const [ready] = new Meters()
      .metrics({ ...gauges, ready: false })
      .filter(({ name }) => name === 'alluvium_ready')
    expect(ready!.samples[0]!.value).toBe(0)
  })

  it('count each event once, by its outcome', () => {
    const meters = new Meters()
    meters.count({ ...counts, sent: 10, accepted: 5, duplicate: 3, quarantined: 2, late: 1 })
    meters.count({ ...counts, sent: 1, accepted: 1, duplicate: 0, quarantined: 0, late: 0 })
    const found = samples(meters)
    expect(found).toMatchObject({
      batches_total: 2,
      events_decoded_total: 11,
      events_accepted_total: 6,
      events_duplicate_total: 3,
      events_quarantined_total: 2,
      events_late_total: 1,
    })
    expect(found.events_decoded_total).toBe(
      found.events_accepted_total! + found.events_duplicate_total! + found.events_quarantined_total!,
    )
  })

  it('count second tries apart: their events were decoded once already', () => {
    const meters = new Meters()
    const answer = { batch_id: 'b', replayed: 6, accepted: 3, duplicate: 2, quarantined: 1, outcomes: [] }
    meters.countReplay(answer)
    meters.countReplay(answer)
    expect(samples(meters)).toMatchObject({
      'quarantine_replayed_total accepted': 6,
      'quarantine_replayed_total duplicate': 4,
      'quarantine_replayed_total quarantined': 2,
      events_decoded_total: 0,
    })
  })
})
