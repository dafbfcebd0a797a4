// Around every request: an id that the client, the log and the problem share, one log line, counters, and the headers
// that keep a browser from guessing.

import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { announcedBytes } from './body.ts'
import type { AppState, Env, LogEntry } from './context.ts'
import { ingestPath } from './ingest.ts'
import { problemOf } from './problem.ts'

export function observe(app: AppState): MiddlewareHandler<Env> {
  return async (c, next) => {
    const startedMs = performance.now() // a clock that never jumps; what time it was comes from the port
    c.set('app', app)
    c.set('bodyBytes', 0)
    c.set('requestId', requestId(c.req.header('x-request-id')))
    try {
      await next()
    } catch (thrown) {
      c.res = problemOf(c, thrown) // Hono hands on only what is not an Error: someone threw a plain value
    }
    c.res.headers.set('x-request-id', c.var.requestId)
    c.res.headers.set('x-content-type-options', 'nosniff')
    settle(c, performance.now() - startedMs)
  }
}

/** Stands for every path that no route has, so that strangers can't make the log or the metrics grow. */
const noRoute = '(none)'
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const quietRoutes = new Set(['/healthz', '/readyz', '/metrics'])

function settle(c: Context<Env>, ms: number): void {
  const { app, requestId, identity, code, error } = c.var
  const method = methods.has(c.req.method) ? c.req.method : 'OTHER'
  const route = routeOf(c)
  const { status } = c.res
  app.traffic.count({ method, route, status, seconds: ms / 1000 })
  if (code !== undefined && method === 'POST' && route === ingestPath) {
    app.traffic.refuse(code, Math.max(c.var.bodyBytes, announcedBytes(c.req.raw) ?? 0))
  }
  app.log({
    time: new Date(app.clock.nowMs()).toISOString(),
    level: levelOf(status, route),
    msg: `${method} ${route} ${status}`,
    request_id: requestId,
    method,
    path: route,
    status,
    ms: Math.round(ms * 1000) / 1000,
    bytes: c.var.bodyBytes,
    ...(identity && { tenant: identity.tenant, key_id: identity.keyId }),
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
  })
}

/** The route's pattern as the contract writes it: `/v1/events/{event_id}`. */
function routeOf(c: Context<Env>): string {
  const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')
  return route ? route.path.replaceAll(/:(\w+)/g, '{$1}') : noRoute
}

function levelOf(status: number, route: string): LogEntry['level'] {
  if (status >= 500) return status === 500 ? 'error' : 'warn'
  if (status >= 400) return 'warn'
  return quietRoutes.has(route) ? 'debug' : 'info'
}

function requestId(sent: string | undefined): string {
  return sent !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(sent) ? sent : crypto.randomUUID()
}
