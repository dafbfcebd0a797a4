// The WASM files and models, found beside the bundle that runs; WASM compiled.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hasRelaxedSimd } from '../engine/kernels.ts'

/** Built kernels and the codec lie in `wasm/` beside the bundles. */
export function readWasm(name: 'engine' | 'engine-relaxed' | 'zstd'): Uint8Array<ArrayBuffer> {
  return read(`./wasm/${name}.wasm`)
}

/** Models lie in `models/` beside the bundles. */
export function readModel(name: 'static-minilm-256'): Uint8Array<ArrayBuffer> {
  return read(`./models/${name}/model.bin`)
}

/** The faster of the two binaries that this runtime can compile. */
export function compileEngine(): WebAssembly.Module {
  return new WebAssembly.Module(readWasm(hasRelaxedSimd() ? 'engine-relaxed' : 'engine'))
}

export function compileZstd(): WebAssembly.Module {
  return new WebAssembly.Module(readWasm('zstd'))
}

function read(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(path, import.meta.url))))
}
