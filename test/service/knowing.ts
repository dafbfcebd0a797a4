// What a service needs to read, embed and search events, with the real model, for tests.

import { readFileSync } from 'node:fs'
import { systemClock } from '../../src/adapters/clock-system.ts'
import { staticEmbedder } from '../../src/adapters/embedder-static.ts'
import type { EmbedExports } from '../../src/engine/embed/memory.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import type { Embedder } from '../../src/ports/embedder.ts'
import type { ObjectStore } from '../../src/ports/object-store.ts'
import { SealedRuns } from '../../src/query/sealed-runs.ts'
import type { PartFiles } from '../../src/segment/part-files.ts'
import { Indexer } from '../../src/service/indexer.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { Plans } from '../../src/service/plans.ts'

const read = (path: string) => new Uint8Array(readFileSync(new URL(`../../dist/${path}`, import.meta.url)))

export const engineModule = new WebAssembly.Module(read('wasm/engine.wasm'))

let embedder: Embedder | undefined

/** The default one, made once for a file of tests. */
export async function testEmbedder(): Promise<Embedder> {
  embedder ??= staticEmbedder(
    startKernels<EmbedExports>(engineModule),
    read('models/static-minilm-256/model.bin'),
  )
  return embedder
}

export function indexerOver(store: ObjectStore): Indexer {
  return new Indexer({
    store,
    clock: systemClock,
    engineModule,
    plans: new Plans({ store, packs: new PackRegistry(store) }),
    embedder: testEmbedder,
    pause: async () => undefined,
    onDeadLetter: (_batch, error) => {
      throw error
    },
    onFatal: error => {
      throw error
    },
  })
}

export function sealedRunsOver(files: PartFiles): SealedRuns {
  return new SealedRuns({ files, engineModule, indexBytesMax: 64 << 20 })
}
