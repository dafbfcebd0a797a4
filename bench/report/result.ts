// A suite's result as a file: what was found, where, and a hash of the counts by which two runs can be told to have done
// the same work.

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from '../measure/machine.ts'
import type { Walls } from '../measure/physical.ts'
import type { Outcome } from '../suites/suite.ts'
import { toSvg } from './chart.ts'

export interface Result extends Outcome {
  suite: string
  title: string
  about: string
  /** what repeats it */
  command: string
  measured_at: string
  machine: Machine
  walls: Walls
  /** of `counts` */
  hash: string
  /** files of the charts, beside this one */
  chart_files: string[]
}

export function hashCounts(counts: Outcome['counts']): string {
  const sorted = Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}

export async function writeResult(folder: string, result: Result): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [i, chart] of result.charts.entries())
    await writeFile(join(folder, result.chart_files[i]!), toSvg(chart))
  await writeFile(join(folder, `${result.suite}.json`), `${JSON.stringify(result, null, 2)}\n`)
}

/** In the order of their names, so that the page does not depend on when they were taken. */
export async function readResults(folder: string): Promise<Result[]> {
  await mkdir(folder, { recursive: true })
  const names = (await readdir(folder)).filter(name => name.endsWith('.json')).sort()
  return Promise.all(names.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8'))))
}
