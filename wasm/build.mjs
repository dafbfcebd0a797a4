// Compiles every kernel of this folder: wasm/NAME.ts becomes dist/wasm/NAME.wasm.

import { mkdirSync, readdirSync } from 'node:fs'
import asc from 'assemblyscript/asc'

mkdirSync('dist/wasm', { recursive: true })
for (const file of readdirSync('wasm').filter(name => name.endsWith('.ts'))) {
  const out = `dist/wasm/${file.replace(/\.ts$/, '.wasm')}`
  const { error, stderr } = await asc.main([
    `wasm/${file}`,
    '-o',
    out,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--maximumMemory',
    '65536',
  ])
  if (error) {
    process.stderr.write(stderr.toString())
    process.exit(1)
  }
}
