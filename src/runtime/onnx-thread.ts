// The thread of a transformer, which computes for a tenth of a second at a time. See src/adapters/embedder-onnx-thread.ts.

import { onnxEmbedder } from '../adapters/embedder-onnx.ts'
import { serveOnnx } from '../adapters/embedder-onnx-thread.ts'
import { connect } from '../adapters/rpc.ts'
import { main } from './thread-lines.ts'

// Deno's threads have a location whose origin is 'null', and ONNX Runtime resolves its own address against that.
Reflect.deleteProperty(globalThis, 'location')
connect(main, serveOnnx(onnxEmbedder))
