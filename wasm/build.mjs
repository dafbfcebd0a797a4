// Compiles the kernels twice: dist/wasm/engine.wasm runs wherever WASM has SIMD, dist/wasm/engine-relaxed.wasm is faster
// where it has relaxed SIMD. Kernels tell the two apart by ASC_FEATURE_RELAXED_SIMD, which the compiler folds away.

import { mkdirSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const binaries = [
  { name: 'engine', features: ['simd'] },
  { name: 'engine-relaxed', features: ['simd', 'relaxed-simd'] },
]

mkdirSync('dist/wasm', { recursive: true })
for (const { name, features } of binaries) {
  const { error, stderr } = await asc.main([
    'wasm/engine.ts',
    '-o',
    `dist/wasm/${name}.wasm`,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--maximumMemory',
    '65536',
    ...features.flatMap(feature => ['--enable', feature]),
  ])
  if (error) {
    process.stderr.write(stderr.toString())
    process.exit(1)
  }
}
