// The configuration of a Worker: what its bindings say, over defaults that fit an isolate of 128 MB.

import { z } from 'zod'
import type { R2StoreBucket } from '../adapters/r2.ts'
import { type Config, configSchema } from '../contract/config.ts'
import { slugSchema } from '../contract/envelope.ts'
import type { StoreNamespace } from './worker-objects.ts'

/** Bindings, as wrangler.toml names them. */
export interface WorkerEnv {
  BUCKET: R2StoreBucket
  STORE: StoreNamespace
  /** name of the store in the bucket: each has one Durable Object, and shares nothing with the others */
  ALLUVIUM_STORE?: string
  /** what alluvium.yaml holds elsewhere */
  ALLUVIUM_CONFIG?: unknown
  /** a secret: keys with commas between them */
  ALLUVIUM_API_KEYS?: string
  /** holds the model of the static embedder */
  ASSETS?: { fetch(request: Request): Promise<Response> }
}

const MIB = 1024 * 1024

/** Under four producers that never wait, 95 MB were live at most with these; 28 of them are the code and the codec. */
const limits = {
  body_bytes_max: 2 * MIB,
  body_inflated_bytes_max: 2 * MIB,
  batch_events_max: 50_000,
  intake_bytes_max: 8 * MIB,
  queue_bytes_max: 3 * MIB,
  log_bytes_max: 16 * MIB,
  flush_bytes: MIB,
  // An object that nobody calls goes after 70 s: until then its segments should be sealed.
  flush_seconds: 60,
  page_events_max: 1000,
  columns_max: 500,
  idempotency_keys_max: 10_000,
}

const workerConfigSchema = configSchema.refine(({ embedder }) => embedder.kind !== 'onnx', {
  path: ['embedder', 'kind'],
  message: 'static or remote: a transformer takes more memory than a Worker has',
})

const givenSchema = z.record(z.string(), z.unknown()).default({})

/** @throws Error naming each binding that is wrong and what it expected */
export function workerConfig(env: WorkerEnv): { config: Config; storeName: string } {
  const given = checked('ALLUVIUM_CONFIG', givenSchema, env.ALLUVIUM_CONFIG)
  const settings = {
    ...given,
    limits: { ...limits, ...checked('ALLUVIUM_CONFIG.limits', givenSchema, given.limits) },
    ...(env.ALLUVIUM_API_KEYS && { api_keys: env.ALLUVIUM_API_KEYS }),
  }
  return {
    config: checked('ALLUVIUM_CONFIG', workerConfigSchema, settings),
    storeName: checked('ALLUVIUM_STORE', slugSchema.default('default'), env.ALLUVIUM_STORE),
  }
}

function checked<Schema extends z.ZodType>(name: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Error(`${name} is not valid:\n${z.prettifyError(result.error)}`)
}
