// What every route is given, and how a router of ours is made. Routes are described without a service, so that the
// contract can be printed by a process that runs none; the service arrives with each request.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { JobsService } from '../src/contract/jobs.ts'
import type { Limits } from '../src/contract/limits.ts'
import type { PacksService } from '../src/contract/packs-service.ts'
import type { ProblemCode } from '../src/contract/refused.ts'
import type { Service } from '../src/contract/service.ts'
import type { Clock } from '../src/ports/clock.ts'
import type { Embedder } from '../src/ports/embedder.ts'
import type { Inflate } from '../src/ports/inflate.ts'
import type { Identity, KeyRing } from '../src/service/keys.ts'
import type { Knowledge } from '../src/service/knowledge.ts'
import type { IntakeBudget } from './intake.ts'
import { invalid } from './invalid.ts'
import type { Traffic } from './traffic.ts'

/** Rows of a columnar body as NDJSON. @throws Refused malformed_arrow, malformed_parquet or body_too_large */
export type ColumnarDecode = (
  format: 'arrow' | 'parquet',
  body: Uint8Array,
) => Promise<{ ndjson: Uint8Array; rowCount: number }>

export interface AppDeps {
  service: Service
  knowledge: Knowledge
  packs: PacksService
  jobs: JobsService
  limits: Limits
  keys: KeyRing
  inflate: Inflate
  columnar: ColumnarDecode
  /** made when it is first asked for, and the same from then on; absent where texts are not embedded */
  embedder?: () => Promise<Embedder>
  clock: Clock
  /** where the server listens: without keys, loopback alone is let in */
  binding: { host: string; port: number }
  log: (entry: LogEntry) => void
}

/** One line a request. */
export interface LogEntry {
  time: string
  level: 'debug' | 'info' | 'warn' | 'error'
  msg: string
  request_id: string
  method: string
  /** pattern of the route, never the path as sent: a path may hold what logs should not */
  path: string
  status: number
  ms: number
  /** bytes of the request body, as sent */
  bytes: number
  tenant?: string
  key_id?: string
  /** code of the problem that was answered */
  code?: ProblemCode
  /** what was thrown, when it is our fault or the world's */
  error?: string
}

/** Deps and the state that lasts as long as the app. */
export interface AppState extends AppDeps {
  intake: IntakeBudget
  traffic: Traffic
}

export interface Env {
  Variables: {
    app: AppState
    requestId: string
    bodyBytes: number
    identity?: Identity
    code?: ProblemCode
    error?: string
    /** clients of OpenAI's API call here: they look for `error` in a problem */
    tellsOpenai?: true
  }
}

export type Router = OpenAPIHono<Env>

/** A router that turns away what doesn't fit its schemas. */
export function newRouter(): Router {
  return new OpenAPIHono<Env>({
    defaultHook: result => {
      if (!result.success) throw invalid(result.target, result.error)
    },
  })
}
