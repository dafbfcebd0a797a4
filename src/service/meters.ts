// What the service counts, and how /metrics tells it. Of every decoded event exactly one of accepted, duplicate and
// quarantined is counted, so the three always add up to decoded.

import type { BatchAnswer } from '../contract/receipt.ts'
import type { Metric, ReplayAnswer } from '../contract/service.ts'
import type { WriterStats } from './writing.ts'

export interface Gauges {
  queueBytes: number
  queueBytesMax: number
  logBytes: number
  logBytesMax: number
  openBytes: number
  ready: boolean
  writer: WriterStats
}

export class Meters {
  #decoded = 0
  #accepted = 0
  #duplicate = 0
  #quarantined = 0
  #late = 0
  #batches = 0
  readonly #replayed = { accepted: 0, duplicate: 0, quarantined: 0 }
  publishes = 0
  evictions = 0
  corruptParts = 0
  deadLetters = 0

  count({ sent, accepted, duplicate, quarantined, late }: BatchAnswer): void {
    this.#batches++
    this.#decoded += sent
    this.#accepted += accepted
    this.#duplicate += duplicate
    this.#quarantined += quarantined
    this.#late += late
  }

  /** A second try counts apart: its events were decoded and quarantined once already. */
  countReplay({ accepted, duplicate, quarantined }: ReplayAnswer): void {
    this.#replayed.accepted += accepted
    this.#replayed.duplicate += duplicate
    this.#replayed.quarantined += quarantined
  }

  metrics({ writer, ...gauges }: Gauges): Metric[] {
    return [
      counter('batches_total', 'batches answered', this.#batches),
      counter('events_decoded_total', 'events decoded; accepted + duplicate + quarantined', this.#decoded),
      counter('events_accepted_total', 'events accepted', this.#accepted),
      counter('events_duplicate_total', 'events that were there already', this.#duplicate),
      counter('events_quarantined_total', 'events refused and kept in quarantine', this.#quarantined),
      counter('events_late_total', 'accepted events that came late', this.#late),
      {
        name: 'alluvium_quarantine_replayed_total',
        kind: 'counter',
        help: 'refused events tried again, by outcome',
        samples: Object.entries(this.#replayed).map(([outcome, value]) => ({ labels: { outcome }, value })),
      },
      counter('publishes_total', 'catalog versions published since the start', this.publishes),
      counter('evicted_segments_total', 'segments evicted since the start', this.evictions),
      counter('corrupt_parts_total', 'reads that found a part damaged', this.corruptParts),
      counter(
        'dead_letters_total',
        'batches that no pack could read: stored, and found by fields alone',
        this.deadLetters,
      ),
      counter('texts_total', 'events of which a pack made a text', writer.indexed.texts),
      counter('distinct_texts_total', 'texts that were new in their run', writer.indexed.distinctTexts),
      gauge('queue_bytes', 'acknowledged or arriving bytes that wait for the pipeline', gauges.queueBytes),
      gauge('queue_bytes_max', 'mark at which intake answers 429', gauges.queueBytesMax),
      gauge('log_bytes', 'log bytes not yet in published segments', gauges.logBytes),
      gauge('log_bytes_max', 'mark of the log at which intake answers 429', gauges.logBytesMax),
      gauge('open_bytes', 'bytes accepted since the last seal', gauges.openBytes),
      gauge('ready', '1 when intake is open', gauges.ready ? 1 : 0),
      gauge('indexed_seq', 'last log frame that readers see', writer.indexedSeq),
      gauge('published_seq', 'last log frame in published segments', writer.publishedSeq),
      gauge('catalog_version', 'version of the catalog', writer.publishedVersion),
      gauge('segments', 'live segments', writer.segmentCount),
      gauge('parts', 'published parts', writer.partCount),
      gauge('part_bytes', 'bytes of published parts', writer.partBytes),
      gauge('sealed_ids', 'event ids behind filters', writer.identities.events),
      gauge('sealed_ids_bytes', 'memory of those filters', writer.identities.bytes),
      gauge(
        'unread_events',
        'sealed events that no pack could read; a job of kind rederive tries again',
        writer.unreadDocs,
      ),
      gauge(
        'vectors_waiting',
        'runs of texts without vectors of the embedder that is configured',
        writer.upkeep.vectorsWaiting,
      ),
      gauge(
        'vectors_stuck',
        'those of them that failed and are not tried any more until a restart',
        writer.upkeep.vectorsStuck,
      ),
      ...writer.upkeep.metrics,
    ]
  }
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `alluvium_${name}`, kind: 'counter', help, samples: [{ labels: {}, value }] }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name: `alluvium_${name}`, kind: 'gauge', help, samples: [{ labels: {}, value }] }
}
