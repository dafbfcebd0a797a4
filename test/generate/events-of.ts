// A made stream as a consumer sees it: lines that JSON.parse takes.

import { type GamingOptions, plants } from '../../src/generate/gaming-options.ts'
import { gamingStream } from '../../src/generate/gaming-stream.ts'

export type Event = Partial<Record<string, string>> & {
  '@timestamp': string
  eventId: string
  event: string
  memberCode: string
  sessionId: string
  fingerprint: string
  affiliateId: string
}

export function optionsFor(seed: number, more: Partial<GamingOptions> = {}): GamingOptions {
  const days = more.days ?? 2
  return {
    members: 1000,
    days,
    seed,
    rate: 10_000 / (days * 86_400),
    distinct: 0.1,
    startMs: Date.UTC(2026, 0, 5),
    plant: plants,
    ...more,
  }
}

export function bytesOf(options: GamingOptions): Buffer {
  return Buffer.concat([...gamingStream(options)])
}

export function eventsOf(options: GamingOptions): Event[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(options))
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => JSON.parse(line))
}

export function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

export function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length
}
