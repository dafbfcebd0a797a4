// How far a file has been delivered to one destination, kept between runs. The mark moves only behind blocks that the
// service has acknowledged, and goes away when the file is through: sending a whole file again is always allowed, the
// service knows its events.

import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Io } from '../command.ts'
import type { Position } from './text.ts'

export interface Bookmark {
  /** where to go on; undefined when there is nothing to go on with */
  read(): Promise<Position | undefined>
  move(position: Position): Promise<void>
  remove(): Promise<void>
}

export interface BookmarkKey {
  fileHash: string
  serverUrl: string
  /** whatever else tells one destination from another: key, stream, source, field map */
  destination: readonly (string | undefined)[]
}

const version = 1

export function bookmark(key: BookmarkKey, env: Io['env']): Bookmark {
  const path = join(stateFolder(env), 'alluvium', 'ingest', `${fileName(key)}.json`)
  return {
    async read() {
      try {
        return positionOf(JSON.parse(await readFile(path, 'utf8')))
      } catch {
        return undefined // none there, or not whole: beginning anew is safe
      }
    },
    async move({ row, offset }) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const draft = `${path}.${process.pid}.tmp`
      await writeFile(draft, JSON.stringify({ version, row, offset }))
      await rename(draft, path)
    },
    async remove() {
      await rm(path, { force: true })
    },
  }
}

/** The XDG base directory specification's place for state. */
function stateFolder(env: Io['env']): string {
  return env.XDG_STATE_HOME || join(env.HOME ?? homedir(), '.local', 'state')
}

/** `<hash>-<server>`, the server with a digest of what else makes the destination. */
function fileName({ fileHash, serverUrl, destination }: BookmarkKey): string {
  const digest = createHash('sha256').update(JSON.stringify(destination)).digest('hex').slice(0, 12)
  const server = serverUrl
    .replace(/^https?:\/\//, '')
    .replace(/[^A-Za-z0-9.-]+/g, '_')
    .slice(0, 80)
  return `${fileHash}-${server}-${digest}`
}

function positionOf(value: { version?: unknown; row?: unknown; offset?: unknown }): Position | undefined {
  if (value.version !== version || !isPlace(value.row)) return undefined
  return { row: value.row, offset: isPlace(value.offset) ? value.offset : undefined }
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
