// The data directory: one process at a time, one format.
//
//     format.json   {"format":1}
//     lock/         who holds the directory (process-lock.ts)
//     log/          log-file.ts
//     store/        store-fs.ts

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing, makeDirectories, nodeDisk } from './disk.ts'
import { holdLock, type LockHold, type LockOptions } from './process-lock.ts'

/** Goes up when an older build could no longer read what a newer one writes. */
const dataFormat = 1

export interface DataDir {
  path: string
  logDirectory: string
  storeDirectory: string
  /** Lets another process in. */
  close(): Promise<void>
}

/** The world's fault: the message says what is the matter with the directory and what to do. */
export class DataDirError extends Error {
  override name = 'DataDirError'
}

/**
 * Opens a data directory, or makes one.
 *
 * @throws DataDirError when another process holds it, or when its format is not this build's
 */
export async function openDataDir(path: string, lock: LockOptions = {}): Promise<DataDir> {
  const held = await lockIn(path, lock)
  if (held.kind === 'taken') {
    throw new DataDirError(
      `data directory ${path} is in use by ${held.holder}. Stop that process, or choose another directory with ` +
        'ALLUVIUM_DATA_DIR or --data-dir',
    )
  }
  try {
    await checkFormat(path)
    const directories = { logDirectory: join(path, 'log'), storeDirectory: join(path, 'store') }
    for (const directory of Object.values(directories)) await makeDirectories(nodeDisk, directory)
    return { path, ...directories, close: held.release }
  } catch (error) {
    await held.release()
    throw error
  }
}

async function lockIn(path: string, options: LockOptions): Promise<LockHold> {
  const directory = join(path, 'lock')
  try {
    await makeDirectories(nodeDisk, directory)
    return await holdLock(directory, options)
  } catch (cause) {
    throw new DataDirError(`data directory ${path} can't be made or locked: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function checkFormat(path: string): Promise<void> {
  const file = join(path, 'format.json')
  const text = await readFile(file, 'utf8').catch(error => {
    if (isMissing(error)) return undefined
    throw new DataDirError(`${file} can't be read: ${error.message}`, { cause: error })
  })
  if (text === undefined) return await writeFormat(path, file)
  const format = formatOf(text)
  if (format === undefined) {
    throw new DataDirError(
      `${file} is damaged; if ${path} holds Alluvium's data, restore it as {"format":${dataFormat}}`,
    )
  }
  if (format > dataFormat) {
    throw new DataDirError(
      `data directory ${path} has format ${format}, and this build reads up to ${dataFormat}. Run the newer Alluvium ` +
        'that wrote it, or choose another directory',
    )
  }
}

function formatOf(text: string): number | undefined {
  try {
    const format = (JSON.parse(text) as { format?: unknown } | null)?.format
    return typeof format === 'number' && Number.isInteger(format) && format > 0 ? format : undefined
  } catch {
    return undefined // not JSON: as damaged as JSON without a format
  }
}

async function writeFormat(path: string, file: string): Promise<void> {
  const names = await readdir(path)
  if (names.includes('log') || names.includes('store')) {
    throw new DataDirError(
      `${path} has data but no format.json: either it is not Alluvium's, and another directory must be chosen, or the ` +
        `file was lost: restore it as {"format":${dataFormat}}`,
    )
  }
  const temporary = `${file}~`
  await nodeDisk.unlink(temporary).catch(() => {}) // there is one only after a crash in the lines below
  const fd = await nodeDisk.open(temporary, 'wx')
  try {
    await nodeDisk.write(fd, [new TextEncoder().encode(`${JSON.stringify({ format: dataFormat })}\n`)])
    await nodeDisk.fdatasync(fd)
  } finally {
    await nodeDisk.close(fd)
  }
  await nodeDisk.rename(temporary, file)
  await nodeDisk.syncDirectory(path)
}
