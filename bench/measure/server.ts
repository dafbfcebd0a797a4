// What is measured: a server in a process of its own, the built service or a peer, ready when it says where it serves.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Usage, usageOf } from './process.ts'

export interface Server {
  url: string
  usage(): Usage
  /** seconds from the start of the process until it served */
  startSeconds: number
  /** Asks it to drain. @returns seconds until it was gone */
  stop(): Promise<number>
  /** As a crash ends it. */
  kill(): Promise<void>
}

export interface ServiceOptions {
  /** its data directory is made in here */
  folder: string
  /** settings that differ from the defaults, by their key */
  settings?: Record<string, string | number>
  /** folder for a CPU profile of each thread */
  profileFolder?: string | undefined
}

const entry = resolve('dist/alluvium.js')

/** `alluvium serve` as it ships. */
export function startService({ folder, settings = {}, profileFolder }: ServiceOptions): Promise<Server> {
  if (!existsSync(entry)) throw new Error('dist/alluvium.js is missing: npm run build')
  return start(
    [
      ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
      entry,
      'serve',
      '--port=0',
      '--log-level=warn',
      `--data-dir=${resolve(folder, 'service')}`,
      ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ],
    folder,
  )
}

/** One of the bundles beside this one: `ceiling` or `chdb`. */
export function startPeer(name: string, folder: string): Promise<Server> {
  return start([fileURLToPath(new URL(`${name}.js`, import.meta.url)), resolve(folder, name)], folder)
}

const startSecondsMax = 120

/** Started in `folder`, and without settings from the environment, so that nothing of this machine leaks in. */
async function start(argv: string[], folder: string): Promise<Server> {
  const startedMs = performance.now()
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ALLUVIUM_')),
  )
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const killWithUs = () => child.kill('SIGKILL') // when a suite fails, no server stays behind
  process.once('exit', killWithUs)
  const gone = new Promise<void>(done => child.once('close', () => done()))
  gone.then(() => process.off('exit', killWithUs))
  const url = await urlOf(child)
  const since = (fromMs: number) => (performance.now() - fromMs) / 1000
  const end = async (signal: NodeJS.Signals) => {
    const endedMs = performance.now()
    child.kill(signal)
    await gone
    return since(endedMs)
  }
  return {
    url,
    startSeconds: since(startedMs),
    usage: () => usageOf(child.pid!),
    stop: async () => {
      const seconds = await end('SIGTERM')
      if (child.exitCode !== 0) throw new Error(`the server left with ${child.exitCode ?? child.signalCode}`)
      return seconds
    },
    kill: async () => {
      await end('SIGKILL')
    },
  }
}

function urlOf(child: ChildProcess): Promise<string> {
  let said = ''
  let complained = ''
  return new Promise((found, failed) => {
    const give = (why: string) => failed(new Error(`the server ${why}; it said:\n${said}${complained}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      give(`is not ready after ${startSecondsMax} s`)
    }, startSecondsMax * 1000)
    child.stderr!.on('data', piece => {
      complained = `${complained}${piece}`.slice(-4000)
    })
    child.stdout!.on('data', piece => {
      said += piece
      const url = /serves at (http:[^\s,]+)/.exec(said)?.[1]
      if (!url) return
      clearTimeout(timer)
      found(url)
    })
    child.once('close', () => {
      clearTimeout(timer)
      give('left before it was ready')
    })
  })
}
