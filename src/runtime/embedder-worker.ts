// The embedder that is configured, in a Worker: the static model, which lies among the Worker's assets, or a server
// elsewhere. The model is no part of the script: packed it is 6.8 MB, where a free plan lets a script have 3, and a module
// would stay in the isolate's 128 MB beside the copy that the kernels work on.

import { systemClock } from '../adapters/clock-system.ts'
import { remoteEmbedder } from '../adapters/embedder-remote.ts'
import { staticEmbedder } from '../adapters/embedder-static.ts'
import type { EmbedderConfig, RemoteConfig } from '../contract/embedder.ts'
import type { EmbedExports } from '../engine/embed/memory.ts'
import { startKernels } from '../engine/kernels.ts'
import { type Embedder, EmbedError } from '../ports/embedder.ts'
import { onceMade } from './once-made.ts'
import type { WorkerEnv } from './worker-config.ts'

const modelName = 'static-minilm-256'

export interface WorkerEmbedderOptions {
  config: EmbedderConfig
  env: WorkerEnv
  engineModule: WebAssembly.Module
}

/** @returns what throws EmbedError */
export function workerEmbedder(options: WorkerEmbedderOptions): () => Promise<Embedder> {
  return onceMade(() => openEmbedder(options))
}

async function openEmbedder({ config, env, engineModule }: WorkerEmbedderOptions): Promise<Embedder> {
  const { kind, remote } = config
  if (kind === 'remote') {
    return remoteEmbedder({
      config: remote,
      key: keyOf(remote, env),
      clock: systemClock,
      random: Math.random,
    })
  }
  return staticEmbedder(startKernels<EmbedExports>(engineModule), await readModel(env))
}

async function readModel({ ASSETS }: WorkerEnv): Promise<Uint8Array> {
  if (!ASSETS) throw new EmbedError(modelName, 'the binding ASSETS is missing; wrangler.toml shows it')
  // The host means nothing: the binding looks at paths alone.
  const response = await ASSETS.fetch(new Request(`https://assets/${modelName}/model.bin`))
  if (response.ok) return new Uint8Array(await response.arrayBuffer())
  throw new EmbedError(
    modelName,
    `its asset answered ${response.status}; are assets of dist/models deployed?`,
    {
      isTransient: response.status >= 500,
    },
  )
}

/** @throws EmbedError naming the secret */
function keyOf({ key_variable: name, model }: RemoteConfig, env: WorkerEnv): string | undefined {
  if (name === undefined) return undefined
  const key: unknown = (env as unknown as Record<string, unknown>)[name]
  if (typeof key === 'string' && key !== '') return key
  throw new EmbedError(model!, `embedder.remote.key_variable names ${name}, which is no secret of the Worker`)
}
