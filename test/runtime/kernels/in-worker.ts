// Run by workerd, which compiles the kernels itself: a Worker may not.

import plain from '../../../dist/wasm/engine.wasm'
import relaxed from '../../../dist/wasm/engine-relaxed.wasm'
import { answersOf } from './answers.ts'

export default {
  fetch: (request: Request) =>
    Response.json(answersOf(new URL(request.url).pathname === '/engine' ? plain : relaxed)),
}
