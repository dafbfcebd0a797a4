// The app over a service in memory, as tests drive it.

import { type AppDeps, createApp, type LogEntry } from '../../routes/app.ts'
import { nodeInflate } from '../../src/adapters/inflate-node.ts'
import { toUtf8 } from '../../src/base/bytes.ts'
import { configSchema } from '../../src/contract/config.ts'
import { defaultLimits, type Limits } from '../../src/contract/limits.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { Jobs } from '../../src/service/jobs.ts'
import { type KeyRing, openKeyRing, readListedKeys } from '../../src/service/keys.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { mapStore } from './map-store.ts'
import { type MemoryService, memoryService } from './memory-service.ts'

export const ndjson = 'application/x-ndjson'
export const oneEvent = '{"id":"a1","type":"login","user_id":"u7"}\n'

export interface Harness {
  app: ReturnType<typeof createApp>
  service: MemoryService
  log: LogEntry[]
  /** POSTs a body of NDJSON */
  post(body: BodyInit | Uint8Array, headers?: Record<string, string>, query?: string): Promise<Response>
}

export interface HarnessOptions extends Partial<Omit<AppDeps, 'limits'>> {
  limits?: Partial<Limits>
}

export function harness({ limits, ...deps }: HarnessOptions = {}): Harness {
  const service = memoryService()
  const log: LogEntry[] = []
  const packs = new PackRegistry(mapStore())
  const app = createApp({
    service,
    knowledge: service,
    packs,
    jobs: new Jobs({
      ...{ config: configSchema.parse({}), clock: wallClock, packs, reading: service },
      writing: { rederive: async () => ({ docs: 0, unreadDocs: 0 }) },
      admit: () => undefined,
      flush: async () => undefined,
    }),
    limits: { ...defaultLimits, ...limits },
    keys: openRing,
    inflate: nodeInflate,
    columnar: async () => ({ ndjson: toUtf8(oneEvent), rowCount: 1 }),
    clock: wallClock,
    binding: { host: '127.0.0.1', port: 8420 },
    log: entry => log.push(entry),
    ...deps,
  })
  const post: Harness['post'] = async (body, headers = {}, query = '') =>
    app.request(`/v1/events${query}`, {
      method: 'POST',
      body: body as BodyInit,
      headers: { 'content-type': ndjson, ...headers },
      ...streaming(body),
    })
  return { app, service, log, post }
}

/** No key was ever configured. */
const openRing: KeyRing = { required: async () => false, authenticate: async () => undefined }

const wallClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

export const secrets = {
  ingest: 'ingest-secret-0123456789',
  query: 'query-secret-0123456789',
  admin: 'admin-secret-0123456789',
  other: 'other-secret-0123456789',
}

/** One key for each scope in tenant `acme`, and one with all of them in tenant `other`. */
export async function keyRing(): Promise<KeyRing> {
  const listed = await readListedKeys(
    [
      `i:acme:ingest:${secrets.ingest}`,
      `q:acme:query:${secrets.query}`,
      `a:acme:admin:${secrets.admin}`,
      `o:other:ingest+query+admin:${secrets.other}`,
    ],
    0,
  )
  return openKeyRing({ listed, clock: wallClock, report: unexpected })
}

export function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}` }
}

export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  code: string
  instance: string
  errors: { path: string; code: string; message: string }[]
}

/** @throws Error when the answer is no problem */
export async function problemIn(response: Response): Promise<ProblemBody> {
  const type = response.headers.get('content-type')
  if (type !== 'application/problem+json')
    throw new Error(`${response.status} ${type}: ${await response.text()}`)
  return (await response.json()) as ProblemBody
}

function streaming(body: unknown): object {
  return body instanceof ReadableStream ? { duplex: 'half' } : {}
}

function unexpected(error: unknown): never {
  throw error
}
