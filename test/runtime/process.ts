// The service as it ships, in a process of its own on a runtime that can run Node's programs.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Booted, RuntimePlace, Settings } from './runtime.suite.ts'

const entry = resolve('dist/alluvium.js')
const bootMsMax = 20_000

/** @param command  the runtime and what it wants before a program's name */
export async function processPlace(...command: string[]): Promise<RuntimePlace> {
  if (!existsSync(entry)) throw new Error('dist/alluvium.js is missing: npm run build')
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-runtime-'))
  return {
    boot: settings => serve(command, join(folder, 'data'), settings),
    remove: () => rm(folder, { recursive: true }),
  }
}

async function serve(
  [executable, ...flags]: readonly string[],
  dataDir: string,
  { limits = {}, ...settings }: Settings,
): Promise<Booted> {
  const set = [
    ...Object.entries(settings),
    ...Object.entries(limits).map(([name, value]) => [`limits.${name}`, value]),
  ]
  const child = spawn(
    executable!,
    [
      ...flags,
      ...[entry, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'error'],
      ...set.flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<number | null>(done => child.once('exit', done))
  return {
    url: await urlOf(child),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async drain() {
      child.kill('SIGTERM')
      return await ended
    },
  }
}

/** What goes wrong it says on the stderr that it shares with the tests. */
function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    const giveUp = setTimeout(() => {
      child.kill('SIGKILL')
      fail(new Error(`it does not serve after ${bootMsMax} ms`))
    }, bootMsMax)
    let said = ''
    child.stdout!.on('data', (piece: Buffer) => {
      said += piece
      const url = /serves at (http:\/\/[^\s,]+)/.exec(said)?.[1]
      if (!url) return
      clearTimeout(giveUp)
      done(url)
    })
    child.once('exit', code => fail(new Error(`it left with ${code} before it served`)))
  })
}
