// The WASM files, found beside the bundle that runs and compiled.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Built kernels and the codec lie in `wasm/` beside the bundles. */
export function readWasm(name: 'scan' | 'zstd'): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`./wasm/${name}.wasm`, import.meta.url))))
}

export function compileWasm(name: 'scan' | 'zstd'): WebAssembly.Module {
  return new WebAssembly.Module(readWasm(name))
}
