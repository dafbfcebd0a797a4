// The answer to a batch. Of each event exactly one of accepted, duplicate, quarantined; late and masked are flags on
// accepted. sent = accepted + duplicate + quarantined, always.

import { z } from 'zod'
import { refusalCodes, stages } from './refusal.ts'

export const receiptSchema = z.object({
  position: z.int().describe('index of the event in the batch, from 0'),
  outcome: z.enum(['accepted', 'duplicate', 'quarantined']),
  event_id: z.string().optional(),
  late: z.literal(true).optional(),
  masked: z.literal(true).optional(),
  stage: z.enum(stages).optional(),
  code: z.enum(refusalCodes).optional(),
  path: z.string().optional(),
  message: z.string().optional(),
  refusal_id: z.string().optional(),
  segment_id: z.string().optional(),
  doc_id: z.string().optional(),
  event_time: z.string().optional(),
})
export type Receipt = z.infer<typeof receiptSchema>

export const batchAnswerSchema = z.object({
  batch_id: z.string(),
  sent: z.int(),
  accepted: z.int(),
  duplicate: z.int(),
  late: z.int(),
  masked: z.int(),
  quarantined: z.int(),
  receipts: z.array(receiptSchema),
  receipts_omitted: z.int().optional().describe('receipts past the bound of one answer'),
})
export type BatchAnswer = z.infer<typeof batchAnswerSchema>
