// API keys in a JSON file that only its owner may read. The file is looked at again at most once a second, and read
// again when its time, size or inode has changed: a key is rotated by writing the file, without a restart.

import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { type KeyEntry, keyFileSchema } from '../contract/api-key.ts'
import type { Clock } from '../ports/clock.ts'
import type { KeyFile } from '../ports/key-file.ts'

const lookMsMin = 1000

export function fileKeys(path: string, clock: Clock): KeyFile {
  let entries: readonly KeyEntry[] | undefined
  let seenMark: string | undefined
  let lookedAtMs = Number.NEGATIVE_INFINITY

  return {
    async read() {
      const nowMs = clock.nowMs()
      if (nowMs >= lookedAtMs && nowMs - lookedAtMs < lookMsMin) return entries
      lookedAtMs = nowMs
      const mark = await markOf(path)
      if (mark !== seenMark) {
        entries = mark === undefined ? undefined : parse(path, await readFile(path, 'utf8'))
        seenMark = mark
      }
      return entries
    },
    async write(next) {
      await replace(path, `${JSON.stringify(keyFileSchema.parse({ version: 1, keys: next }), null, 2)}\n`)
      lookedAtMs = Number.NEGATIVE_INFINITY
    },
  }
}

/** @returns what changes whenever the file does; undefined when there is none */
async function markOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path)
    return `${mtimeMs}:${size}:${ino}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`key file ${path} can't be read`, { cause: error })
  }
}

function parse(path: string, text: string): readonly KeyEntry[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`key file ${path} is not JSON`, { cause: error })
  }
  const parsed = keyFileSchema.safeParse(value)
  if (!parsed.success) throw new Error(`key file ${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data.keys
}

/** Whoever reads the path meanwhile finds the old file or the new one, never a half. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(await open(draft, 'wx', 0o600), text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function writeSynced(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
