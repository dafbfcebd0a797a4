// The benchmarks run small with every test, so that they can't rot. What they find is checked, how fast never is.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashCounts, type Result, readResults } from '../../bench/report/result.ts'

// Servers' memory and time are read from /proc.
describe.skipIf(!existsSync('/proc/self/stat'))('the benchmarks, small', () => {
  let folder: string
  let results: Map<string, Result>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alluvium-bench-'))
    // Two at once: much of their time is waiting for the service to come to rest. All but search-under-load, which goes by
    // the clock, so that what it sends depends on the machine.
    const small = (...suites: string[]) => run('bench/dist/main.js', ...suites, '--small', '--out', folder)
    await run('bench/build.mjs')
    await Promise.all([
      small('ingest', 'latency', 'memory', 'hotpath'),
      small(
        ...['restart', 'growth', 'evict', 'ann', 'filtered-ann', 'cluster', 'graph', 'embed', 'words'],
        'retrieval',
      ),
    ])
    results = new Map((await readResults(folder)).map(result => [result.suite, result]))
  }, 240_000)
  afterAll(() => rm(folder, { recursive: true }))

  // The seed makes the events and the suites say how many, so these change only when one of them is changed.
  it.each<[string, Record<string, number>]>([
    ['ingest', { bodies: 6, sent: 9304, accepted: 9304, duplicate: 0, quarantined: 0 }],
    ['latency', { sent: 12484, accepted: 12484, duplicate: 0, quarantined: 0 }],
    ['memory', { bodies: 100, sent: 154825, accepted: 154825, duplicate: 0, quarantined: 0 }],
    ['restart', { sent: 13955, accepted: 12408, duplicate: 1547, quarantined: 0 }],
    ['growth', { sent: 7780, accepted: 7780, duplicate: 0, quarantined: 0, found: 4 }],
    ['evict', { evicted: 2, sent: 1942, accepted: 1942, duplicate: 0, quarantined: 0 }],
    ['ann', { sets: 1, found: 6982 }],
    ['filtered-ann', { filters: 12, found: 1200 }],
    ['cluster', { rows: 1000, clusters: 12, noise: 0 }],
    [
      'graph',
      {
        nodes: 1024,
        edges: 6512,
        components: 225,
        'breadth first': 708,
        'shortest paths': 708,
        'label propagation, 10 rounds': 227,
        'local clustering': 191869532,
        cores: 32,
        'betweenness, 20 sources': 846643,
        '10 k walks of 40 steps': 218247,
      },
    ],
    ['embed', { tokens: 74596 }],
    ['words', { texts: 1538, queries: 100, found: 52, 'found though misspelt': 52 }],
    ['retrieval', { sets: 1, texts: 198, queries: 200, 'found by words': 156, 'found by static': 165 }],
    ['hotpath', { sent: 8274, accepted: 8274, duplicate: 0, quarantined: 0 }],
  ])('%s does the same work on every machine', (suite, counts) => {
    expect(results.get(suite)!.counts).toEqual(counts)
    expect(results.get(suite)!.hash).toBe(hashCounts(counts))
  })

  it('finds a figure wherever it looks', () => {
    expect(results.size).toBe(14)
    for (const { suite, tables, walls, repetitions } of results.values()) {
      const told = JSON.stringify({ tables, walls, repetitions }) // JSON writes null for what is not finite
      expect(told, suite).not.toMatch(/null|NaN|Infinity|∞/)
      expect(tables.flatMap(({ rows }) => rows).length, suite).toBeGreaterThan(0)
    }
  })
})

async function run(...argv: string[]): Promise<void> {
  const child = spawn(process.execPath, argv)
  let complained = ''
  child.stderr.on('data', piece => {
    complained += piece
  })
  const code = await new Promise(done => child.once('close', done))
  if (code !== 0) throw new Error(`node ${argv.join(' ')} left with ${code}:\n${complained}`)
}
