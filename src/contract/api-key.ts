// An API key as it is kept: never the secret, only its hash. The key alone says which tenant a caller is.

import { z } from 'zod'
import { slugSchema } from './envelope.ts'

/** `admin` includes the other two. */
export const scopes = ['ingest', 'query', 'admin'] as const
export type Scope = (typeof scopes)[number]

export const keyEntrySchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,63}$/, 'letters, digits, dots, - and _, at most 63')
    .describe('name of the key, as logs show it'),
  tenant: slugSchema,
  scopes: z.array(z.enum(scopes)).min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().optional(),
})
export type KeyEntry = z.infer<typeof keyEntrySchema>

/** What a key file holds. */
export const keyFileSchema = z.strictObject({
  version: z.literal(1),
  keys: z.array(keyEntrySchema).max(10_000),
})
