// The HTTP surface: every route, and what surrounds each of them. From outside in: observe, let in only whom Host and
// Origin allow, then the route with its key and its schemas.

import type { Context } from 'hono'
import { Refused } from '../src/contract/refused.ts'
import { apiRoutes } from './api.ts'
import { type AppDeps, type AppState, type Env, newRouter, type Router } from './context.ts'
import { intakeBudget } from './intake.ts'
import { observe } from './observe.ts'
import { localOnly } from './origin.ts'
import { pageRoutes } from './pages.ts'
import { problem, problemOf } from './problem.ts'
import { newTraffic } from './traffic.ts'

export type { AppDeps, LogEntry } from './context.ts'

/** @returns the app; `app.fetch` answers a request on every runtime */
export function createApp(deps: AppDeps): Router {
  const state: AppState = {
    ...deps,
    intake: intakeBudget(deps.limits.intake_bytes_max),
    traffic: newTraffic(),
  }
  const app = newRouter()
  app.use(observe(state), localOnly)
  app.route('/', apiRoutes())
  app.route('/', pageRoutes())
  app.notFound(c => noSuchRoute(app, c))
  app.onError((thrown, c) => problemOf(c, thrown))
  return app
}

/** The path is unknown, or it is known and has other methods. */
function noSuchRoute(app: Router, c: Context<Env>): Response {
  const allowed = methods.filter(method => hasRoute(app, method, c.req.path))
  if (allowed.length === 0) {
    return problem(c, new Refused('not_found', 'there is no such path; /docs lists those that there are'))
  }
  const allow = (allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed).join(', ')
  return problem(c, new Refused('method_not_allowed', `this path takes ${allow}`), { allow })
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Middleware is registered for all methods, a route for its own. */
function hasRoute(app: Router, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path)
  return handlers.some(([[, route]]) => route.method !== 'ALL')
}
