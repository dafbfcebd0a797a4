// What the HTTP surface counts about itself. Labels are route patterns and statuses, so that nobody outside can make
// the number of series grow.

import type { ProblemCode } from '../src/contract/refused.ts'
import type { Metric } from '../src/contract/service.ts'
import type { IntakeBudget } from './intake.ts'

export interface Traffic {
  /** A request that was answered. */
  count(request: { method: string; route: string; status: number; seconds: number }): void
  /** A body of events that was turned away whole. */
  refuse(code: ProblemCode, bytes: number): void
  metrics(intake: IntakeBudget): Metric[]
}

/** Upper bounds in seconds; 5 ms and 25 ms are the bounds that an ingest answer is held to. */
const bucketSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Series {
  labels: Record<string, string>
  requestCount: number
  secondsSum: number
  /** bucketCounts[i]: requests that took at most bucketSeconds[i] and longer than the bucket before */
  bucketCounts: number[]
}

export function newTraffic(): Traffic {
  const series = new Map<string, Series>()
  const refused = new Map<ProblemCode, { bodyCount: number; bytes: number }>()
  return {
    count({ method, route, status, seconds }) {
      const one = seriesOf(series, { method, route, status: String(status) })
      one.requestCount++
      one.secondsSum += seconds
      const bucket = bucketSeconds.findIndex(bound => seconds <= bound)
      if (bucket >= 0) one.bucketCounts[bucket]!++
    },
    refuse(code, bytes) {
      const before = refused.get(code) ?? { bodyCount: 0, bytes: 0 }
      refused.set(code, { bodyCount: before.bodyCount + 1, bytes: before.bytes + bytes })
    },
    metrics: intake => [
      latency([...series.values()]),
      {
        name: 'alluvium_refused_bodies_total',
        kind: 'counter',
        help: 'Bodies of events turned away whole, by problem code.',
        samples: [...refused].map(([code, { bodyCount }]) => ({ labels: { code }, value: bodyCount })),
      },
      {
        name: 'alluvium_refused_body_bytes_total',
        kind: 'counter',
        help: 'Bytes of bodies turned away whole, as announced or as received, by problem code.',
        samples: [...refused].map(([code, { bytes }]) => ({ labels: { code }, value: bytes })),
      },
      {
        name: 'alluvium_intake_bytes',
        kind: 'gauge',
        help: 'Bytes of request bodies in memory.',
        samples: [{ labels: {}, value: intake.heldBytes }],
      },
    ],
  }
}

function seriesOf(all: Map<string, Series>, labels: Record<string, string>): Series {
  const key = Object.values(labels).join(' ')
  let one = all.get(key)
  if (!one) {
    one = { labels, requestCount: 0, secondsSum: 0, bucketCounts: bucketSeconds.map(() => 0) }
    all.set(key, one)
  }
  return one
}

function latency(series: readonly Series[]): Metric {
  return {
    name: 'alluvium_http_request_seconds',
    kind: 'histogram',
    help: 'Time from the request to its answer, by method, route and status.',
    samples: series.flatMap(({ labels, requestCount, secondsSum, bucketCounts }) => {
      let below = 0
      const buckets = bucketSeconds.map((bound, i) => {
        below += bucketCounts[i]!
        return { labels: { ...labels, le: String(bound) }, value: below, suffix: '_bucket' as const }
      })
      return [
        ...buckets,
        { labels: { ...labels, le: '+Inf' }, value: requestCount, suffix: '_bucket' as const },
        { labels, value: secondsSum, suffix: '_sum' as const },
        { labels, value: requestCount, suffix: '_count' as const },
      ]
    }),
  }
}
