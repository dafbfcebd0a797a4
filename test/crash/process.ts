// The service as it ships, in a process of its own that can be killed at any moment.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const entry = resolve('dist/alluvium.js')

export interface ServedProcess {
  url: string
  /** SIGKILL; resolves when it is gone */
  kill(): Promise<void>
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>
  /** exited by itself, and what it said */
  readonly ended: string | undefined
}

/** Small bounds, so that seals, publishes and merges follow each other quickly. */
const settings = [
  'limits.flush_bytes=150000',
  'limits.flush_seconds=1',
  'limits.runs_max=2',
  'retention_days=36500',
].flatMap(setting => ['--set', setting])

/** Resolves when intake is open. @throws Error with what it said, when it ends before */
export async function serveProcess(dataDir: string): Promise<ServedProcess> {
  if (!existsSync(entry)) throw new Error('dist/alluvium.js is missing: npm run build')
  const argv = ['serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'info', ...settings]
  const child = spawn(process.execPath, [entry, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let killed = false
  const exit = new Promise<number | null>(done => child.once('exit', code => done(code)))
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (piece: Buffer) => {
      said = (said + piece).slice(-saidMax)
      const found = /serves at (http:\S+),/.exec(said)
      if (found) resolve(found[1]!)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', code => reject(new Error(`left with ${code} before it served:\n${said}`)))
  })
  return {
    url,
    async kill() {
      killed = true
      child.kill('SIGKILL')
      await exit
    },
    stop() {
      killed = true
      child.kill('SIGTERM')
      return exit
    },
    get ended() {
      return killed || isRunning(child) ? undefined : said
    },
  }
}

const saidMax = 10_000

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
