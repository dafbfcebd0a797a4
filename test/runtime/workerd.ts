// The service as it ships to Cloudflare, on the runtime that it has there, with R2 and Durable Objects on disk.

import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Json, Miniflare } from 'miniflare'
import type { Booted, RuntimePlace, Settings } from './runtime.suite.ts'

const dist = resolve('dist')

export async function workerdPlace(): Promise<RuntimePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-workerd-'))
  return {
    async boot(settings: Settings): Promise<Booted> {
      const workerd = await startWorkerd(folder, { ALLUVIUM_CONFIG: { log_level: 'error', ...settings } })
      const { origin } = await workerd.ready
      return { url: origin, kill: () => workerd.dispose() }
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** @param vars  as wrangler.toml and the secrets set them */
export async function startWorkerd(folder: string, vars: Record<string, Json>): Promise<Miniflare> {
  if (!existsSync(join(dist, 'worker.js'))) throw new Error('dist/worker.js is missing: npm run build')
  const workerd = new Miniflare({
    modulesRoot: dist,
    modules: [
      { type: 'ESModule', path: join(dist, 'worker.js') },
      { type: 'CompiledWasm', path: join(dist, 'wasm/engine.wasm') },
      { type: 'CompiledWasm', path: join(dist, 'wasm/zstd.wasm') },
    ],
    compatibilityDate: /^compatibility_date = "(.+)"$/m.exec(readFileSync('wrangler.toml', 'utf8'))![1]!,
    assets: {
      directory: join(dist, 'models'),
      binding: 'ASSETS',
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
    },
    r2Buckets: ['BUCKET'],
    r2Persist: join(folder, 'r2'),
    durableObjects: { STORE: { className: 'AlluviumStore', useSQLite: true } },
    durableObjectsPersist: join(folder, 'objects'),
    bindings: vars,
  })
  await workerd.ready
  return workerd
}
