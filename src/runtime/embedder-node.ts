// The embedder that is configured, on Node, Bun and Deno: the static model in the thread that asks, a transformer in a
// thread of its own, a server elsewhere by HTTP.

import { systemClock } from '../adapters/clock-system.ts'
import { onnxThread } from '../adapters/embedder-onnx-thread.ts'
import { remoteEmbedder } from '../adapters/embedder-remote.ts'
import { staticEmbedder } from '../adapters/embedder-static.ts'
import type { EmbedderConfig, RemoteConfig } from '../contract/embedder.ts'
import type { EmbedExports } from '../engine/embed/memory.ts'
import { startKernels } from '../engine/kernels.ts'
import { type Embedder, EmbedError } from '../ports/embedder.ts'
import { onceMade } from './once-made.ts'
import { compileEngine, readModel } from './wasm-node.ts'

/**
 * Who never embeds pays neither its memory nor the milliseconds of its making.
 *
 * @returns what throws EmbedError
 */
export function nodeEmbedder(config: EmbedderConfig): () => Promise<Embedder> {
  return onceMade(() => openEmbedder(config))
}

async function openEmbedder({ kind, onnx, remote }: EmbedderConfig): Promise<Embedder> {
  if (kind === 'onnx') return onnxThread(new URL('./onnx-thread.js', import.meta.url), onnx)
  if (kind === 'remote') {
    return remoteEmbedder({ config: remote, key: keyOf(remote), clock: systemClock, random: Math.random })
  }
  return staticEmbedder(startKernels<EmbedExports>(compileEngine()), readModel('static-minilm-256'))
}

/** @throws EmbedError naming the variable */
function keyOf({ key_variable: name, model }: RemoteConfig): string | undefined {
  if (name === undefined) return undefined
  const key = process.env[name]
  if (key) return key
  throw new EmbedError(
    model!,
    `embedder.remote.key_variable names ${name}, which is not set in the environment`,
  )
}
