import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { toPage } from '../../../bench/report/page.ts'
import { type Result, readResults } from '../../../bench/report/result.ts'

function resultWith(change: Partial<Result>): Result {
  return {
    suite: 'made-up',
    title: 'Made up',
    about: 'About nothing.',
    command: 'npm run bench -- made-up',
    measured_at: '2024-03-01T00:00:00.000Z',
    machine: {
      cpu: 'a|b',
      cores: 2,
      memory_bytes: 2 ** 30,
      system: 'Linux',
      node: 'v20.0.0',
      alluvium: '0',
      build_sha256: '0',
      load_before: 0,
    },
    walls: {
      syncMs: 1,
      syncedMbPerSecond: 1,
      parseMbPerSecond: 1,
      copyMbPerSecond: 1,
      zstdMbPerSecond: 1,
      zstdRatio: 1,
    },
    hash: '0',
    chart_files: [],
    tables: [],
    targets: [],
    comparisons: [],
    charts: [],
    counts: { sent: 1, accepted: 1, duplicate: 0, quarantined: 0 },
    repetitions: [],
    ...change,
  }
}

/** What stands under a heading. */
function section(page: string, title: string): string {
  return page.split(`## ${title}\n`)[1]!.split('\n## ')[0]!
}

describe('docs/benchmarks.md', () => {
  it('is what the results say', async () => {
    const page = await readFile('docs/benchmarks.md', 'utf8')
    expect(toPage(await readResults('bench/results'), '../bench/results')).toBe(page)
  })

  it('tells a comparison where it belongs, whichever way is better', () => {
    const compared = { unit: 'x', other: 'peer', ours: 10, theirs: 20 }
    const page = toPage(
      [
        resultWith({
          comparisons: [
            { ...compared, what: 'throughput', better: 'more' },
            { ...compared, what: 'waiting', better: 'less' },
            { ...compared, what: 'something', better: 'more', theirs: 10.2 },
          ],
        }),
      ],
      'results',
    )
    expect(section(page, 'Where we lose')).toContain('throughput: 10 x, peer 20 x (0.5×)')
    expect(section(page, 'Where we win')).toContain('waiting: 10 x, peer 20 x (2×)')
    expect(section(page, 'Where it is even')).toContain('something')
  })

  it('names a missed target twice: in its table, and where we lose', () => {
    const page = toPage(
      [resultWith({ targets: [{ what: 'speed', wanted: '≥ 50', found: '5', met: false }] })],
      'r',
    )
    expect(section(page, 'What was asked for')).toContain('| speed | ≥ 50 | 5 | **missed** |')
    expect(section(page, 'Where we lose')).toContain('Missed targets: speed.')
  })
})
