// Builds dist/: one bundle an entry, dependencies left to node_modules, and the compiled kernels beside them.

import { build } from 'esbuild'

await build({
  entryPoints: { alluvium: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
})
