// Run by Node, Bun and Deno: `process.js '{"kind":"onnx",…}'` prints what the embedder says that this configures.

import { textColumn } from '../../../src/base/text-column.ts'
import { embedderSchema } from '../../../src/contract/embedder.ts'
import { nodeEmbedder } from '../../../src/runtime/embedder-node.ts'
import { texts } from './texts.ts'

const open = nodeEmbedder(embedderSchema.parse(JSON.parse(process.argv[2]!)))
try {
  const embedder = await open()
  const { vectors, empty, tokenCount } = await embedder.embed(textColumn(texts))
  console.log(JSON.stringify({ id: embedder.id, vectors: [...vectors], empty: [...empty], tokenCount }))
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }))
}
process.exit(0)
