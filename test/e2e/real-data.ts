// Real data beside the repository, which no one here wrote. A checkout without it passes all the same: what needs it is
// skipped, with a message that says so.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe } from 'vitest'

const folder = resolve('../shared/data')

export function dataPath(name: string): string {
  return resolve(folder, name)
}

/** `describe`, where the data is. */
export function describeWith(name: string, title: string, tests: () => void | Promise<void>): void {
  const there = existsSync(dataPath(name))
  describe.skipIf(!there)(there ? title : `${title} (skipped: ${dataPath(name)} is not there)`, tests)
}

export function readData(name: string): Buffer {
  const bytes = readFileSync(dataPath(name))
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

export function listData(name: string, ending: string): string[] {
  return readdirSync(dataPath(name))
    .filter(file => file.endsWith(ending))
    .sort()
}
