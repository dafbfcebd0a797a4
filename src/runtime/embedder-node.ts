// The default embedder, in the thread that asks for it.

import { staticEmbedder } from '../adapters/embedder-static.ts'
import type { EmbedExports } from '../engine/embed/memory.ts'
import { startKernels } from '../engine/kernels.ts'
import type { Embedder } from '../ports/embedder.ts'
import { compileEngine, readModel } from './wasm-node.ts'

/** Made when it is first asked for: who never embeds pays neither its 10 MB nor the milliseconds of its making. */
export function nodeEmbedder(): () => Promise<Embedder> {
  let embedder: Embedder | undefined
  return async () =>
    (embedder ??= staticEmbedder(startKernels<EmbedExports>(compileEngine()), readModel('static-minilm-256')))
}
