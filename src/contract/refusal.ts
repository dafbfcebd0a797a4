// A refused event is a record, never a loss: where it failed, why, and the bytes as they came.

import { z } from 'zod'

/** Stages that can refuse an event, in the order of the way. */
export const stages = ['decode', 'check'] as const
export type Stage = (typeof stages)[number]

export const refusalCodes = [
  'malformed_json',
  'not_an_object',
  'bad_encoding',
  'too_large',
  'too_deep',
  'bad_time',
  'future_time',
  'expired',
  'bad_id',
  'too_many_slices',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

export interface Refusal {
  stage: Stage
  code: RefusalCode
  /** Dotted path of the field at fault; empty when it is the event as a whole. */
  path: string
  message: string
}

export const refusalSchema = z.object({
  refusal_id: z.string(),
  segment_id: z.string(),
  batch_id: z.string(),
  position: z.int(),
  ingest_time: z.iso.datetime(),
  source: z.string(),
  stage: z.enum(stages),
  code: z.enum(refusalCodes),
  path: z.string(),
  message: z.string(),
  raw: z.string().describe('the bytes as they came; base64 when they are not UTF-8'),
  raw_encoding: z.enum(['utf8', 'base64']),
  status: z.enum(['open', 'resolved']),
  resolution: z
    .object({
      outcome: z.enum(['accepted', 'duplicate', 'discarded']),
      batch_id: z.string(),
      event_id: z.string(),
    })
    .nullable(),
})
export type RefusalRecord = z.infer<typeof refusalSchema>
