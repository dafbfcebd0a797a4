// Writes openapi.yaml from the routes: node scripts/openapi.mjs

import { rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const bundle = `dist/openapi-${process.pid}.mjs`
await build({
  entryPoints: ['routes/openapi.ts'],
  outfile: bundle,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
})
try {
  const { openapiYaml } = await import(pathToFileURL(bundle).href)
  await writeFile('openapi.yaml', openapiYaml())
} finally {
  await rm(bundle)
}
