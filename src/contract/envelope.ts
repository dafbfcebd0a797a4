// What every event is mapped to, whichever protocol brought it (DESIGN: envelope). The payload is always the whole
// event as it was sent; the envelope only names parts of it.

import { z } from 'zod'

export const slugSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'lower-case letters, digits, - and _, at most 63, beginning with a letter or digit',
  )

export const envelopeSchema = z.object({
  event_id: z.string(),
  event_time: z.iso.datetime(),
  ingest_time: z.iso.datetime(),
  source: z.string(),
  type: z.string().nullable(),
  schema_version: z.string().nullable(),
  entity_id: z.string().nullable(),
})

/** Which payload fields fill the envelope. A dotted path each; what is not told is found by its usual name. */
export interface FieldMap {
  eventId?: ToldField
  eventTime?: ToldField
  type?: ToldField
  entityId?: ToldField
  source?: ToldField
  schemaVersion?: ToldField
}

/** One path, or several of which the first counts that an event carries. */
export type ToldField = string | readonly string[]

/** The usual names, the likeliest first. The first that an event carries with a usable value wins. */
export const usualNames = {
  eventId: ['event_id', 'eventId', 'id', 'uuid', 'message_id', 'messageId', 'insert_id', '$insert_id', '_id'],
  eventTime: [
    'event_time',
    'eventTime',
    '@timestamp',
    'timestamp',
    'time',
    'ts',
    'created_at',
    'createdAt',
    'occurred_at',
    'occurredAt',
    'datetime',
    'date',
  ],
  type: ['type', 'event_type', 'eventType', 'event', 'event_name', 'eventName', 'action', 'kind'],
  entityId: [
    'entity_id',
    'entityId',
    'user_id',
    'userId',
    'member_id',
    'memberId',
    'memberCode',
    'customer_id',
    'customerId',
    'account_id',
    'accountId',
    'distinct_id',
    'anonymous_id',
    'anonymousId',
    'device_id',
    'deviceId',
    'user',
    'subject',
  ],
  source: ['source'],
  schemaVersion: ['schema_version', 'schemaVersion', 'dataschema'],
} as const satisfies Record<keyof FieldMap, readonly string[]>
