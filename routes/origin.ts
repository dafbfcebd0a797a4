// Without keys the only thing between the service and a web page that someone on this machine has open is who is asking.
// A page elsewhere may POST to 127.0.0.1 (its Origin gives it away), or make its own name resolve there, which is called
// DNS rebinding (the Host gives it away).

import type { MiddlewareHandler } from 'hono'
import { Refused } from '../src/contract/refused.ts'
import type { Env } from './context.ts'

export const localOnly: MiddlewareHandler<Env> = async (c, next) => {
  if (!(await c.var.app.keys.required())) {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    if (!isLoopbackAuthority(host)) {
      throw new Refused(
        'forbidden_origin',
        `Host ${quote(host)} is not a loopback name; use localhost, 127.0.0.1 or [::1]`,
      )
    }
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      throw new Refused(
        'forbidden_origin',
        `Origin ${quote(origin)} is not this service; configure API keys to call from elsewhere`,
      )
    }
  }
  await next()
}

function isLoopbackAuthority(authority: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(authority)
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 200))
}
