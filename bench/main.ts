// The benchmarks: `npm run bench -- SUITE… [--small]` measures, prints, and writes bench/results; `report` makes the page.

import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { toPage, wallsText } from './report/page.ts'
import { type Result, readResults, writeResult } from './report/result.ts'
import { toText } from './report/table.ts'
import { ann } from './suites/ann.ts'
import { cluster } from './suites/cluster.ts'
import { embed } from './suites/embed.ts'
import { evict } from './suites/evict.ts'
import { filteredAnn } from './suites/filtered-ann.ts'
import { graph } from './suites/graph.ts'
import { growth } from './suites/growth.ts'
import { hotpath } from './suites/hotpath.ts'
import { ingest } from './suites/ingest.ts'
import { latency } from './suites/latency.ts'
import { memory } from './suites/memory.ts'
import { restart } from './suites/restart.ts'
import { retrieval } from './suites/retrieval.ts'
import { runSuites } from './suites/run.ts'
import { searchUnderLoad } from './suites/search-under-load.ts'
import type { Suite } from './suites/suite.ts'
import { words } from './suites/words.ts'

const suites: readonly Suite[] = [
  ingest,
  latency,
  memory,
  restart,
  growth,
  evict,
  ann,
  filteredAnn,
  cluster,
  graph,
  embed,
  words,
  retrieval,
  hotpath,
  searchUnderLoad,
]

const usage = `npm run bench -- SUITE… [options]

  SUITE       ${suites.map(({ name }) => name).join(', ')}, or all
  report      write docs/benchmarks.md from the results (a full run does so at its end)

  --small     a size that takes seconds; results go to bench/data/results
  --repeat N  repetitions (default 3, small 1)
  --profile   CPU profiles of the service into bench/data/profiles
  --model DIR a transformer for retrieval, as models/make/minilm_onnx.py makes it
  --out DIR   where results go
`

const results = resolve('bench/results')
/** On the disk of the repository: what a temporary folder in memory syncs says nothing. */
const scratch = resolve('bench/data')

process.exitCode = await main(process.argv.slice(2))

/** @returns the exit code */
async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      small: { type: 'boolean', default: false },
      repeat: { type: 'string' },
      profile: { type: 'boolean', default: false },
      model: { type: 'string' },
      out: { type: 'string' },
    },
  })
  const repeat = Number(values.repeat ?? (values.small ? 1 : 3))
  const wanted = positionals.includes('all')
    ? suites
    : suites.filter(({ name }) => positionals.includes(name))
  const isReport = positionals.join() === 'report'
  const isKnown = isReport || positionals.includes('all') || wanted.length === positionals.length
  if (!isKnown || positionals.length === 0 || !Number.isInteger(repeat) || repeat < 1) {
    process.stderr.write(usage)
    return 2
  }
  if (isReport) {
    await report()
    return 0
  }
  const out = resolve(values.out ?? (values.small ? `${scratch}/results` : results))
  const tell = (line: string) => process.stderr.write(`  ${line}\n`)
  const options = {
    isSmall: values.small,
    repeat,
    isProfiled: values.profile,
    modelFolder: values.model,
    scratch,
    tell,
  }
  for await (const result of runSuites(wanted, options)) {
    await writeResult(out, result)
    print(result)
  }
  if (out === results) await report()
  return 0
}

function print(result: Result): void {
  const targets = result.targets.map(
    ({ what, wanted, found, met }) => `${met ? 'met   ' : 'MISSED'}  ${what}: ${found}, asked for ${wanted}`,
  )
  const counts = Object.entries(result.counts).map(([name, count]) => `${name} ${count}`)
  const lines = [
    '',
    `${result.title}   ${result.command}`,
    ...result.tables.map(toText),
    wallsText(result),
    ...targets,
    `counts ${result.hash}: ${counts.join(', ')}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function report(): Promise<void> {
  await writeFile(resolve('docs/benchmarks.md'), toPage(await readResults(results), '../bench/results'))
}
