// The calls that the served contract lists.

import type { Client } from './client.ts'

/** @returns `METHOD /path` of each, sorted */
export async function operationsOf(client: Client): Promise<string[]> {
  const { paths } = (await client.get('/openapi.json')).json<{ paths: Record<string, object> }>()
  return Object.entries(paths)
    .flatMap(([path, item]) => Object.keys(item).map(method => `${method.toUpperCase()} ${path}`))
    .sort()
}
