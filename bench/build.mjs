// Bundles the benchmarks into bench/dist, since Node 20 can't read TypeScript: what `npm run bench` runs, and a bundle for
// each process that it starts.

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = name => fileURLToPath(new URL(name, import.meta.url))

await build({
  entryPoints: ['main.ts', 'client.ts', 'ceiling.ts', 'chdb.ts'].map(here),
  outdir: here('dist'),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
})
