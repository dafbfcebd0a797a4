// Where a demo runs: a port that is free, and a data directory that no other demo is using, emptied.

import { readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DataDirError, openDataDir } from '../../adapters/data-dir.ts'
import { Failure } from '../command.ts'

const host = '127.0.0.1'
const foldersMax = 9

/** @returns `wanted` when it is free; otherwise 0, which takes any */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') resolve(0)
      else reject(new Failure(`can't listen on ${host}:${wanted}: ${error.message}`))
    })
    server.listen(wanted, host, () => server.close(() => resolve(wanted)))
  })
}

/**
 * The first of `parent`/demo, `parent`/demo-2, … that no process holds. What an earlier demo left there is removed
 * while its lock is ours, so a demo that still runs is never pulled from under its feet.
 */
export async function freshFolder(parent: string): Promise<string> {
  let reason = ''
  for (let number = 1; number <= foldersMax; number++) {
    const path = join(parent, number === 1 ? 'demo' : `demo-${number}`)
    try {
      const folder = await openDataDir(path)
      for (const part of [folder.logDirectory, folder.storeDirectory]) await empty(part)
      await folder.close()
      return path
    } catch (error) {
      if (!(error instanceof DataDirError)) throw error
      reason = error.message
    }
  }
  throw new Failure(`no data directory for the demo: ${reason}`)
}

async function empty(directory: string): Promise<void> {
  for (const name of await readdir(directory)) await rm(join(directory, name), { recursive: true })
}
