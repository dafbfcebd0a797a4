// The service as it ships, in a process of its own, with a folder that goes when the tests of a file are through.

import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { spawnBuilt } from '../cli/built.ts'
import type { Said } from '../cli/io.ts'

export interface Served {
  url: string
  port: number
  dataDir: string
  child: ChildProcess
  /** What it had said when it left; resolves then. */
  said: Promise<Said>
  /** What it said when it left, should it have done so unasked; for the message of a test that fails. */
  lastWords(): string
  /** SIGTERM, and wait until it has left. */
  stop(): Promise<Said>
  /** kill -9. */
  kill(): Promise<Said>
}

export interface Place {
  /** A path in the folder. */
  path(name: string): string
  /** Starts `alluvium serve` on a free port with the data in `data`, unless the flags say otherwise. */
  serve(...flags: string[]): Promise<Served>
  /** Runs another command of `alluvium` to its end. */
  alluvium(...argv: string[]): Promise<Said>
}

/** To be called outside of tests, in a file or a `describe`. @param under  the folder that holds the new one */
export async function place(under = tmpdir()): Promise<Place> {
  const folder = await mkdtemp(join(under, 'alluvium-e2e-'))
  const started: ChildProcess[] = []
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL')
    await rm(folder, { recursive: true, maxRetries: 5 })
  })
  const env = { XDG_STATE_HOME: join(folder, 'state') } // where `ingest` keeps its bookmarks
  return {
    path: name => join(folder, name),
    async serve(...flags) {
      const dataDir = flagOf(flags, '--data-dir') ?? join(folder, 'data')
      const own = ['--port', '0', '--data-dir', dataDir, '--log-level', 'warn']
      const { child, said } = spawnBuilt(['serve', ...own, ...flags], env)
      started.push(child)
      const url = await urlOf(child, said)
      let stderr = ''
      child.stderr!.on('data', piece => {
        stderr += piece
      })
      const end = async (signal: NodeJS.Signals) => {
        child.kill(signal)
        return said
      }
      return {
        url,
        port: Number(new URL(url).port),
        dataDir,
        child,
        said,
        lastWords: () =>
          child.exitCode === null ? '' : `; it left with ${child.exitCode}: ${stderr.slice(-2000)}`,
        stop: () => end('SIGTERM'),
        kill: () => end('SIGKILL'),
      }
    },
    alluvium: (...argv) => spawnBuilt(argv, env).said,
  }
}

/** A setting for `serve`, told as --set. */
export function set(settings: Record<string, string | number>): string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])
}

/** The most memory that a process ever had, in bytes; undefined where the system doesn't tell. */
export async function residentBytesMax({ child }: Served): Promise<number | undefined> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => undefined)
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? '')
  return found ? Number(found[1]) * 1024 : undefined
}

async function urlOf(child: ChildProcess, said: Promise<Said>): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = ''
    child.stdout!.on('data', piece => {
      line += piece
      const found = /serves at (http:\/\/\S+?),/.exec(line)
      if (found) resolve(found[1]!)
    })
    said.then(({ code, stderr }) => reject(new Error(`left with ${code} before it served: ${stderr}`)))
  })
}

function flagOf(flags: readonly string[], name: string): string | undefined {
  const at = flags.indexOf(name)
  return at < 0 ? undefined : flags[at + 1]
}
