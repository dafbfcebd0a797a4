// The writer as the service sees it, wherever it runs.

import type { BatchAnswer } from '../contract/receipt.ts'
import type { ProblemCode } from '../contract/refused.ts'
import type { ReplayAnswer } from '../contract/service.ts'
import type { Frame } from '../ports/log.ts'
import type { IndexStats } from './indexing.ts'
import type { KeyRecord } from './key-records.ts'
import type { RederiveOutcome, RederiveRequest, UpkeepStats } from './upkeep.ts'

/** What became of a frame. */
export type Applied =
  | { kind: 'batch'; answer: BatchAnswer; record: KeyRecord | undefined }
  | { kind: 'refused'; code: ProblemCode; message: string }
  | { kind: 'repair'; answer: ReplayAnswer }
  | { kind: 'evict'; evicted: string[] }
  | { kind: 'seal' }

export interface WriterStats {
  queueBytes: number
  queueLength: number
  /** frames up to this one are visible */
  indexedSeq: number
  publishedSeq: number
  publishedVersion: number
  segmentCount: number
  partCount: number
  partBytes: number
  identities: { bytes: number; events: number }
  /** in published segments: events that no pack could read */
  unreadDocs: number
  upkeep: UpkeepStats
  indexed: IndexStats
}

export interface Writing {
  /** name in keys, doc ids and as_of */
  readonly writer: string
  /** Takes the body with it: it must own its memory. */
  apply(frame: Frame): Promise<Applied>
  appliedSeq(): Promise<number>
  rememberedKeys(): Promise<KeyRecord[]>
  indexed(): Promise<void>
  settled(): Promise<void>
  stop(): Promise<void>
  stats(): Promise<WriterStats>
  /** segments whose time has come */
  expired(nowMs: number): Promise<string[]>
  /** payload bytes in live segments, by tenant */
  storedBytes(): Promise<[string, number][]>
  /** Derives what is published of a segment again. @throws Error that says why it could not be read */
  rederive(request: RederiveRequest): Promise<RederiveOutcome>
}
