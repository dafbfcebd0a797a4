// The command line as it ships: the bundle that `npm run build` makes (`npm test` begins with it), in a process of its
// own. The service itself can only be started so, since its threads are bundles too.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Said } from './io.ts'

const entry = resolve('dist/alluvium.js')

export function spawnBuilt(
  argv: string[],
  env: Record<string, string> = {},
): { child: ChildProcess; said: Promise<Said> } {
  if (!existsSync(entry)) throw new Error('dist/alluvium.js is missing: npm run build')
  const child = spawn(process.execPath, [entry, ...argv], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', piece => {
    said.stdout += piece
  })
  child.stderr.on('data', piece => {
    said.stderr += piece
  })
  return {
    child,
    said: new Promise(done => child.once('close', code => done({ code: code ?? -1, ...said }))),
  }
}
