// Everything that can be set, with its default. The schema is strict: a misspelt key is an error, never ignored.
// Where the values come from (file, environment, flags) is the command line's business.

import { z } from 'zod'
import { scopes } from './api-key.ts'
import { embedderSchema } from './embedder.ts'
import { slugSchema } from './envelope.ts'
import { limitsSchema } from './limits.ts'

/** Hours that divide a day, so that a day is always whole slices. */
const sliceHours = z.literal([1, 2, 3, 4, 6, 8, 12, 24])
const retentionDays = z.number().positive()

const streamSchema = z.strictObject({
  retention_days: retentionDays.optional().describe('days that this stream keeps its segments'),
  slice_hours: sliceHours.optional().describe('hours of one segment of this stream'),
  pack: slugSchema.optional().describe('pack that reads its events; `auto` unless told'),
})

const quotaSchema = z.strictObject({
  ingest_bytes_per_second: z.int().positive().optional().describe('sustained intake; above it 429'),
  stored_bytes_max: z.int().positive().optional().describe('payload bytes in live segments; above it 429'),
})

/** One key: `id:tenant:scope+scope:secret`, or `sha256=<hex>` in the secret's place. */
const scope = `(${scopes.join('|')})`
const apiKeySchema = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9._-]{1,63}:[a-z0-9][a-z0-9_-]{0,62}:${scope}(\\+${scope})*:[^:,\\s]{16,}$`),
    `id:tenant:scope+scope:secret, scopes being ${scopes.join(', ')} and a secret having 16 characters or more`,
  )

/** In the environment all keys stand in one string, with commas between; everywhere inside they are a list. */
const apiKeysSchema = z.preprocess(
  value => (typeof value === 'string' ? value.split(',').map(key => key.trim()) : value),
  z.array(apiKeySchema).max(1000),
)

export const configSchema = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('address to listen on; other than loopback needs keys'),
    port: z.int().min(0).max(65_535).default(8420).describe('port to listen on; 0 takes a free one'),
    data_dir: z.string().min(1).default('./data').describe('folder that holds the log and the segments'),
    api_keys: apiKeysSchema
      .default([])
      .describe('keys as id:tenant:scope+scope:secret; a list, or one string with commas'),
    keys_file: z.string().min(1).optional().describe('file of hashed keys, kept by `alluvium keys`'),
    slice_hours: sliceHours.default(24).describe('hours of one segment; divides 24'),
    retention_days: retentionDays.default(30).describe('days that a segment is kept'),
    streams: z
      .record(slugSchema, streamSchema)
      .default({})
      .describe('what differs for one stream, by its name'),
    evict_minutes: z
      .number()
      .positive()
      .max(1440)
      .default(60)
      .describe('pause between two rounds of eviction'),
    log_level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('least level that is logged'),
    quotas: z
      .strictObject({ tenants: z.record(slugSchema, quotaSchema).default({}).describe('quotas by tenant') })
      .prefault({})
      .describe('what one tenant may use'),
    embedder: embedderSchema.prefault({}).describe('what makes vectors of texts'),
    threads: z.enum(['auto', 'none']).default('auto').describe('`none` runs everything in one thread'),
    limits: limitsSchema.prefault({}).describe('every bound by name'),
  })
  .refine(({ limits }) => limits.disk_resume_ratio < limits.disk_full_ratio, {
    path: ['limits', 'disk_resume_ratio'],
    message: 'a share below limits.disk_full_ratio',
  })

export type Config = z.infer<typeof configSchema>

/** Loopback is reachable from this machine alone, so it may go without keys. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Without keys anyone who reaches the port may read and delete everything.
 *
 * @param hasKeys  whether any API key is configured, in whichever place
 * @returns what is wrong and what to do about it; undefined when the binding is fine
 */
export function validateBinding(host: string, hasKeys: boolean): string | undefined {
  if (isLoopback(host) || hasKeys) return undefined
  return [
    `host ${host} can be reached from other machines, and no API keys are set.`,
    'Either listen on loopback:   --host 127.0.0.1',
    'or make a key first:         alluvium keys create --keys-file keys.json --tenant default --scopes ingest+query',
    `  and serve with it:         alluvium serve --host ${host} --keys-file keys.json`,
  ].join('\n')
}
