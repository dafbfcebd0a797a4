// Where figures were taken. Figures of two machines, or of a busy one, don't compare.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { resolve } from 'node:path'

export interface Machine {
  cpu: string
  cores: number
  memory_bytes: number
  system: string
  node: string
  alluvium: string
  /** of the service's own bundle, so that two builds of one version are told apart */
  build_sha256: string
  /** how busy the machine was before the first measurement: runnable threads over the last minute */
  load_before: number
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory_bytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    alluvium: JSON.parse(readFileSync(resolve('package.json'), 'utf8')).version,
    build_sha256: hash(['alluvium.js', 'writer-thread.js', 'reader-thread.js', 'sealer-thread.js']),
    load_before: loadavg()[0]!,
  }
}

function hash(names: readonly string[]): string {
  const sum = createHash('sha256')
  for (const name of names) sum.update(readFileSync(resolve('dist', name)))
  return sum.digest('hex').slice(0, 16)
}
