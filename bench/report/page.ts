// docs/benchmarks.md, made from the results: first what was asked for and where we lose, then each suite.

import { figure } from '../suites/figures.ts'
import type { Comparison } from '../suites/suite.ts'
import type { Result } from './result.ts'
import { toMarkdown } from './table.ts'

/** Figures this near to each other say nothing about who is faster. */
const evenWithin = 1.05

/** @param chartFolder  path from the page to the results */
export function toPage(results: readonly Result[], chartFolder: string): string {
  const parts =
    results.length === 0 ? [nothingYet] : [asked(results), verdict(results), ...results.map(suite)]
  return `${[head, ...parts].join('\n\n')}\n`

  function suite(result: Result): string {
    return [
      `## ${result.title}`,
      result.about,
      `\`\`\`sh\n${result.command}\n\`\`\``,
      ...result.tables.map(toMarkdown),
      ...result.charts.map((chart, i) => `![${chart.title}](${chartFolder}/${result.chart_files[i]!})`),
      wallsText(result),
      machineText(result),
    ].join('\n\n')
  }
}

const head = `# Benchmarks

<!-- Made from bench/results by \`npm run bench -- report\`; change the suites in bench/, not this page. -->

Every figure here comes from a file in [bench/results](../bench/results), which holds each repetition, and can be taken
again with the command beside it. \`npm --prefix bench ci\` installs the peer first (half a gigabyte); without it its rows
are left out. Server and client run as processes of their own on one machine and share its cores, so what the client
takes is missing to the server. Events are 400 to 900 bytes of JSON from a seeded generator; a run sends a pool of them
again and again with new ids.`

const nothingYet = 'Nothing has been measured yet: `npm run bench -- all`.'

function asked(results: readonly Result[]): string {
  const rows = results
    .flatMap(({ targets }) => targets)
    .map(({ what, wanted, found, met }) => [what, wanted, found, met ? 'met' : '**missed**'])
  return `## What was asked for\n\n${toMarkdown({ title: 'Targets', columns: ['', 'asked for', 'measured', ''], rows })}`
}

function verdict(results: readonly Result[]): string {
  const lines = results
    .flatMap(({ comparisons }) => comparisons)
    .map(one => ({ ...one, ratio: ratioOf(one) }))
  const told = (title: string, some: typeof lines) => [
    `## ${title}`,
    some.length === 0 ? 'Nowhere in what is measured here.' : some.map(comparisonText).join('\n'),
  ]
  const missed = results.flatMap(({ targets }) => targets.filter(({ met }) => !met))
  const lost = lines.filter(({ ratio }) => ratio < 1 / evenWithin)
  return [
    ...told('Where we lose', lost),
    ...(missed.length > 0 ? [`Missed targets: ${missed.map(({ what }) => what).join('; ')}.`] : []),
    ...told(
      'Where we win',
      lines.filter(({ ratio }) => ratio > evenWithin),
    ),
    ...told(
      'Where it is even',
      lines.filter(({ ratio }) => ratio >= 1 / evenWithin && ratio <= evenWithin),
    ),
  ].join('\n\n')
}

/** Above 1 we are better. */
function ratioOf({ ours, theirs, better }: Comparison): number {
  return better === 'more' ? ours / theirs : theirs / ours
}

function comparisonText({ what, unit, ours, theirs, other, ratio }: Comparison & { ratio: number }): string {
  return `- ${what}: ${figure(ours)} ${unit}, ${other} ${figure(theirs)} ${unit} (${figure(ratio)}×)`
}

export function wallsText({ walls }: Pick<Result, 'walls'>): string {
  return [
    `The walls, on the same bytes: 64 KiB written and synced in ${figure(walls.syncMs)} ms`,
    `1 MiB at a time ${figure(walls.syncedMbPerSecond)} MB/s synced`,
    `JSON.parse of each line ${figure(walls.parseMbPerSecond)} MB/s a core`,
    `a copy in memory ${figure(walls.copyMbPerSecond)} MB/s`,
    `zstd in WASM ${figure(walls.zstdMbPerSecond)} MB/s at ${figure(walls.zstdRatio)}:1.`,
  ].join('; ')
}

function machineText({ machine, measured_at, hash }: Result): string {
  const { cpu, cores, memory_bytes, system, node, alluvium, build_sha256, load_before } = machine
  return `*${measured_at.slice(0, 10)}, ${cores} × ${cpu}, ${figure(memory_bytes / 2 ** 30)} GiB, ${system}, Node ${node.slice(1)}, Alluvium ${alluvium} (build ${build_sha256}), load before ${figure(load_before)}; counts ${hash}.*`
}
