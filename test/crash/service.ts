// The whole service in one thread on a given disk, with a clock that the test moves. As in life it is gone once it has
// failed or was killed: from then on nothing that it still does reaches the disk, and nobody hears its answers.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createZstd } from '../../src/adapters/codec-zstd.ts'
import type { Disk } from '../../src/adapters/disk.ts'
import { fileLog } from '../../src/adapters/log-file.ts'
import { type FsStore, fsStore } from '../../src/adapters/store-fs.ts'
import { configSchema } from '../../src/contract/config.ts'
import type { Limits } from '../../src/contract/limits.ts'
import type { Log } from '../../src/ports/log.ts'
import type { Alluvium } from '../../src/service/alluvium.ts'
import { openInOneThread } from '../../src/service/in-one-thread.ts'
import { PackRegistry } from '../../src/service/packs.ts'
import { testEmbedder } from '../service/knowing.ts'
import type { ManualClock } from '../sim/manual-clock.ts'

export interface OpenOptions {
  disk: Disk
  clock: ManualClock
  limits?: Partial<Limits>
  retentionDays?: number
  logFileBytesMax?: number
  /** puts something between the service and its log */
  wrapLog?: (log: Log) => Log
}

export interface Opened {
  service: Alluvium
  log: Log
  store: FsStore
  /** frames that recovery replayed */
  frames: number
  /** why it stopped by itself; undefined while it lives */
  readonly fatal: unknown
  /** As kill -9 does: what it still has in hand is lost. Resolves when the calls that are under way have come back. */
  kill(): Promise<void>
  /** The outcome of a call, or that the process was gone before it was told. */
  told<T>(call: Promise<T>): Promise<{ value: T } | { error: unknown } | 'gone'>
  /** Seals what is open, and waits until it is published and the log let go of it. */
  flush(): Promise<void>
  /** Resolves when all that was cut is published, merged and cleaned up, or when the process is gone. */
  settle(): Promise<void>
  /** A clean stop. */
  stop(): Promise<void>
}

export const logDirectory = '/data/log'
export const storeDirectory = '/data/store'
const flushSeconds = 10

const engineModule = new WebAssembly.Module(readFileSync(resolve('dist/wasm/engine.wasm')))
const codec = createZstd(new WebAssembly.Module(readFileSync(resolve('dist/wasm/zstd.wasm'))))

/** @throws what stopped it, when it can't open or recover */
export async function openService(options: OpenOptions): Promise<Opened> {
  const { clock } = options
  const life = newLife()
  const disk = mortal(options.disk, life)
  const config = configSchema.parse({
    retention_days: options.retentionDays ?? 30,
    evict_minutes: 1440,
    limits: { flush_seconds: flushSeconds, runs_max: 2, ...options.limits },
  })
  const store = await fsStore({ directory: storeDirectory, disk })
  const file = fileLog({
    directory: logDirectory,
    disk,
    onFatal: error => life.fail(error),
    ...(options.logFileBytesMax !== undefined && { fileBytesMax: options.logFileBytesMax }),
  })
  const log = options.wrapLog?.(file) ?? file
  const packs = new PackRegistry(store)
  const parts = {
    config,
    clock,
    log,
    store,
    codec,
    engineModule,
    packs,
    embedder: testEmbedder,
    identitySeed: 7,
  }
  const opening = openInOneThread({ ...parts, onFatal: error => life.fail(error) }).then(async opened => ({
    service: opened,
    frames: (await opened.recover()).frames,
  }))
  const outcome = await life.told(opening)
  if (outcome === 'gone') throw life.fatal
  if ('error' in outcome) {
    life.end()
    throw outcome.error
  }
  const { service, frames } = outcome.value
  const settle = () => settled(life)
  return {
    service,
    log,
    store,
    frames,
    get fatal() {
      return life.fatal
    },
    async kill() {
      life.end()
      while (life.callsUnderWay > 0) await new Promise(resolve => setImmediate(resolve))
    },
    told: call => life.told(call),
    async flush() {
      // A timer is set again in a turn of its own, and the first to come may find that nothing is old enough yet.
      for (let round = 0; round < 2; round++) {
        clock.pass(flushSeconds * 1000)
        await new Promise(resolve => setImmediate(resolve))
      }
      await settle()
    },
    settle,
    async stop() {
      await life.told(service.drain())
      await settle()
      life.end()
    },
  }
}

/** The log as it would be had nothing been released: all that ever happened. */
export function withoutRelease(log: Log): Log {
  return {
    get heldBytes() {
      return log.heldBytes
    },
    recover: after => log.recover(after),
    append: (kind, header, body) => log.append(kind, header, body),
    release: async () => {},
    close: () => log.close(),
  }
}

interface Life {
  readonly over: boolean
  diskCalls: number
  callsUnderWay: number
  readonly fatal: unknown
  fail(error: unknown): void
  end(): void
  told: Opened['told']
}

function newLife(): Life {
  let over = false
  let fatal: unknown
  let end = () => {}
  const ended = new Promise<'gone'>(resolve => {
    end = () => {
      over = true
      resolve('gone')
    }
  })
  return {
    diskCalls: 0,
    callsUnderWay: 0,
    get over() {
      return over
    },
    get fatal() {
      return fatal
    },
    fail(error) {
      fatal ??= error
      end()
    },
    end,
    async told(call) {
      const told = await Promise.race([
        call.then(
          value => ({ value }),
          error => ({ error }),
        ),
        ended,
      ])
      return over ? 'gone' : told
    },
  }
}

/** The disk until the process is gone; a call that is under way then still counts. */
function mortal(disk: Disk, life: Life): Disk {
  const begin = () => {
    life.diskCalls++
    if (life.over) throw Object.assign(new Error('the process is gone'), { code: 'ESRCH' })
  }
  const methods = Object.entries(disk).filter(([, method]) => typeof method === 'function')
  const mortals = methods.map(([name, method]: [string, (...given: unknown[]) => unknown]) => {
    const callSync = (...given: unknown[]) => {
      begin()
      return method(...given)
    }
    const call = async (...given: unknown[]) => {
      begin()
      life.callsUnderWay++
      try {
        return await method(...given)
      } finally {
        life.callsUnderWay--
      }
    }
    return [name, name.endsWith('Sync') ? callSync : call]
  })
  return Object.fromEntries(mortals)
}

const turnsMax = 50_000
/** Turns without a call on the disk after which nothing more is under way. */
const quietTurns = 8

async function settled(life: Life): Promise<void> {
  let before = -1
  let quiet = 0
  for (let turn = 0; turn < turnsMax && !life.over; turn++) {
    await new Promise(resolve => setImmediate(resolve))
    quiet = life.callsUnderWay === 0 && life.diskCalls === before ? quiet + 1 : 0
    before = life.diskCalls
    if (quiet === quietTurns) return
  }
  if (!life.over) throw new Error(`the service does not settle within ${turnsMax} turns`)
}
