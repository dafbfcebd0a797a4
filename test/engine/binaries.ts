// The kernels as they are shipped, each binary that this runtime can compile: a test runs on all of them.

import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { hasRelaxedSimd } from '../../src/engine/kernels.ts'

interface Binary {
  name: string
  module: WebAssembly.Module
}

// Node 20 has relaxed SIMD behind a flag, which V8 reads when it compiles, and its baseline compiler gets the dot product
// of bytes wrong: it may take the register of the sum for its own work
if (process.versions.node.startsWith('20.'))
  setFlagsFromString('--experimental-wasm-relaxed-simd --no-liftoff')

export const binaries: Binary[] = ['engine', ...(hasRelaxedSimd() ? ['engine-relaxed'] : [])].map(name => ({
  name,
  module: new WebAssembly.Module(
    new Uint8Array(readFileSync(new URL(`../../dist/wasm/${name}.wasm`, import.meta.url))),
  ),
}))
