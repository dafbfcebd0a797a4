// API keys for tenants of a test: one key with all scopes for each tenant, and keys with one scope each.

import { scopes } from '../../src/contract/api-key.ts'

/** Flags for `serve`: for each tenant a key for everything and one for each scope. */
export function keyFlags(...tenants: string[]): string[] {
  const keys = tenants.flatMap(tenant => [
    `${tenant}-all:${tenant}:${scopes.join('+')}:${secretOf(tenant, 'all')}`,
    ...scopes.map(scope => `${tenant}-${scope}:${tenant}:${scope}:${secretOf(tenant, scope)}`),
  ])
  return ['--set', `api_keys=${keys.join(',')}`]
}

/** Headers that show a key. */
export function keyOf(
  tenant: string,
  scope: 'all' | (typeof scopes)[number] = 'all',
): Record<string, string> {
  return { authorization: `Bearer ${secretOf(tenant, scope)}` }
}

function secretOf(tenant: string, scope: string): string {
  return `secret-of-${tenant}-for-${scope}`
}
