// Who may call what. The tenant comes from the key and from nowhere else. Without any key configured, the callers of a
// loopback binding are one tenant, `default`, that may do everything; everyone else is turned away.

import type { Context, MiddlewareHandler } from 'hono'
import { type Scope, scopes } from '../src/contract/api-key.ts'
import { isLoopback } from '../src/contract/config.ts'
import { Refused } from '../src/contract/refused.ts'
import type { Identity } from '../src/service/keys.ts'
import type { Env } from './context.ts'

/** Lets a request pass that carries a key with this scope. */
export function needs(scope: Scope): MiddlewareHandler<Env> {
  return async (c, next) => {
    const identity = await identify(c)
    c.set('identity', identity)
    if (!identity.scopes.has(scope)) {
      const has = [...identity.scopes].join(', ')
      throw new Refused('forbidden', `key ${identity.keyId} has the scopes ${has}; this call needs ${scope}`)
    }
    await next()
  }
}

/** The tenant of a request that `needs` let pass. */
export function tenantOf(c: Context<Env>): string {
  return c.var.identity!.tenant
}

const secretLengthMax = 512

const localIdentity: Identity = { keyId: 'local', tenant: 'default', scopes: new Set(scopes) }

async function identify(c: Context<Env>): Promise<Identity> {
  const { keys, binding } = c.var.app
  const required = await keys.required()
  if (!required && isLoopback(binding.host)) return localIdentity
  const secret = secretOf(c)
  if (secret === undefined) {
    throw new Refused('unauthorized', 'send an API key as Authorization: Bearer <key>, or as X-API-Key')
  }
  const identity = secret.length <= secretLengthMax ? await keys.authenticate(secret) : undefined
  if (!identity) throw new Refused('unauthorized', 'this API key is unknown, revoked or expired')
  return identity
}

function secretOf(c: Context<Env>): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
  return bearer ?? (c.req.header('x-api-key') || undefined)
}
