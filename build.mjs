// Builds dist/: the command line and each thread as a bundle, dependencies left to node_modules; the Worker as a bundle
// that is whole; and the WASM and the model beside them.

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const model = 'static-minilm-256/model.bin'
const zstd = 'node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm'

await build({
  entryPoints: {
    alluvium: 'src/cli/main.ts',
    'writer-thread': 'src/runtime/writer-thread.ts',
    'reader-thread': 'src/runtime/reader-thread.ts',
    'sealer-thread': 'src/runtime/sealer-thread.ts',
    'indexer-thread': 'src/runtime/indexer-thread.ts',
    'merger-thread': 'src/runtime/merger-thread.ts',
    'columnar-thread': 'src/runtime/columnar-thread.ts',
    'onnx-thread': 'src/runtime/onnx-thread.ts',
    engine: 'src/engine/engine.ts',
  },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
})
mkdirSync('dist/wasm', { recursive: true })
copyFileSync(zstd, 'dist/wasm/zstd.wasm')
mkdirSync(dirname(`dist/models/${model}`), { recursive: true })
copyFileSync(`models/${model}`, `dist/models/${model}`)

// A Worker has no node_modules and no node: modules, and esbuild stops at an import that it can't bundle. The compiled
// WASM modules stay imports: Workers may not compile.
await build({
  entryPoints: { worker: 'src/runtime/worker.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'browser',
  conditions: ['workerd', 'worker', 'browser'],
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
  plugins: [
    {
      name: 'wasm-modules',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
          path: `./wasm/${path.split('/').at(-1)}`,
          external: true,
        })),
    },
  ],
})
const shipped = ['worker.js', 'wasm/engine.wasm', 'wasm/zstd.wasm'].map(file => readFileSync(`dist/${file}`))
const packedBytes = shipped.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0)
console.log(`The Worker and its WASM: ${Math.round(packedBytes / 1024)} KiB gzipped`)
