// A Worker with no more than an embedder: `POST /` embeds the texts of a JSON list, by what `CONFIG` configures.

import engineModule from '../../../dist/wasm/engine.wasm'
import { textColumn } from '../../../src/base/text-column.ts'
import { workerEmbedder } from '../../../src/runtime/embedder-worker.ts'
import { type WorkerEnv, workerConfig } from '../../../src/runtime/worker-config.ts'

export default {
  async fetch(request: Request, env: WorkerEnv): Promise<Response> {
    try {
      const { config } = workerConfig(env)
      const embedder = await workerEmbedder({ config: config.embedder, env, engineModule })()
      const { vectors, empty, tokenCount } = await embedder.embed(
        textColumn((await request.json()) as string[]),
      )
      return Response.json({ id: embedder.id, vectors: [...vectors], empty: [...empty], tokenCount })
    } catch (error) {
      return Response.json({ error: String(error) }, { status: 500 })
    }
  },
}
