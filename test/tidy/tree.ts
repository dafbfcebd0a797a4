// The files of the repository: what git knows of, and what it would take in.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export const files: readonly string[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\0')
  .filter(path => path !== '' && existsSync(root + path))

export function read(path: string): string {
  return readFileSync(root + path, 'utf8')
}

export function under(folders: readonly string[], suffix: RegExp): string[] {
  return files.filter(path => folders.includes(path.split('/')[0]!) && suffix.test(path))
}

/** Places of a pattern, as `path:line`. */
export function placesOf(pattern: RegExp, paths: readonly string[]): string[] {
  return paths.flatMap(path =>
    read(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])),
  )
}
