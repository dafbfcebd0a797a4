// The WASM files, found beside the bundle that runs and compiled.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hasRelaxedSimd } from '../engine/kernels.ts'

/** Built kernels and the codec lie in `wasm/` beside the bundles. */
export function readWasm(name: 'engine' | 'engine-relaxed' | 'zstd'): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`./wasm/${name}.wasm`, import.meta.url))))
}

/** The faster of the two binaries that this runtime can compile. */
export function compileEngine(): WebAssembly.Module {
  return new WebAssembly.Module(readWasm(hasRelaxedSimd() ? 'engine-relaxed' : 'engine'))
}

export function compileZstd(): WebAssembly.Module {
  return new WebAssembly.Module(readWasm('zstd'))
}
