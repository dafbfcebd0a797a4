// One instance of the kernels with a memory of its own. What needs much memory, such as a vector index, has an instance
// to itself; what computes and is done may share one. An instance is used by one caller at a time.

import { Arena } from './arena.ts'

/**
 * The kernels that a face calls, and the memory that they share.
 *
 * @typeParam Exports  what the face calls, as wasm/engine.ts exports it. A u32 comes back signed: `>>> 0` mends it
 */
export interface Kernels<Exports> {
  call: Exports
  arena: Arena
}

interface Always {
  memory: WebAssembly.Memory
  heapBase(): number
}

/**
 * @param module                  dist/wasm/engine.wasm or engine-relaxed.wasm, compiled
 * @param options.memoryBytesMax  what the instance may take, at most 4 GiB
 */
export function startKernels<Exports>(
  module: WebAssembly.Module,
  options: { memoryBytesMax?: number } = {},
): Kernels<Exports> {
  const instance = new WebAssembly.Instance(module, {})
  const { memory, heapBase } = instance.exports as unknown as Always
  return {
    call: instance.exports as unknown as Exports,
    arena: new Arena(memory, heapBase() >>> 0, options.memoryBytesMax),
  }
}

/** Whether this runtime can compile engine-relaxed.wasm. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedProbe)
}

// (func (result v128) (i8x16.relaxed_swizzle (i8x16.splat (i32.const 1)) (i8x16.splat (i32.const 2))))
const relaxedProbe = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
)
