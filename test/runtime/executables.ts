// Where the runtimes lie. npm may have been told to run no install scripts, and it is these that put the binaries of Bun
// and Deno in their place; so they are also looked for where npm unpacks them.

import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const { platform, arch } = process

/** Before its install script has run, Bun's executable is a note that says so. */
const executableBytesMin = 1024 * 1024

export function bunExecutable(): string {
  const cpu = arch === 'arm64' ? 'aarch64' : 'x64'
  const file = platform === 'win32' ? 'bun.exe' : 'bun'
  const packages = [`@oven/bun-${platform}-${cpu}`, `@oven/bun-${platform}-${cpu}-musl`]
  return firstOf('Bun', [
    ...inPackage('bun', 'bin/bun.exe'),
    ...packages.flatMap(name => inPackage(name, `bin/${file}`)),
  ])
}

export function denoExecutable(): string {
  const file = platform === 'win32' ? 'deno.exe' : 'deno'
  const name = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`
  return firstOf('Deno', [...inPackage('deno', file), ...inPackage(name, file)])
}

function inPackage(name: string, file: string): string[] {
  try {
    return [join(dirname(require.resolve(`${name}/package.json`)), file)]
  } catch {
    return [] // not installed: for another platform
  }
}

function firstOf(name: string, paths: readonly string[]): string {
  const found = paths.find(path => existsSync(path) && statSync(path).size > executableBytesMin)
  if (found) return found
  throw new Error(
    `${name} is not there for ${platform}-${arch}: run npm ci without --omit=optional. Looked for ${paths.join(', ') || 'its packages'}`,
  )
}
