// What the pages show is what happens: every tagged block is run by bash against the service as it ships, one for each
// page, in the order of the page.

import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usualNames } from '../../src/contract/envelope.ts'
import { defaultLimits } from '../../src/contract/limits.ts'
import { refusalCodes } from '../../src/contract/refusal.ts'
import { place, type Served } from '../e2e/serve.ts'
import { difference, type Example, parsePage, readPages } from './pages.ts'

const home = await place()
const pages = readPages()

interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** The page's own address in the place of the usual one; `alluvium` is the built command. */
function run({ script }: Example, folder: string, served: Served): Promise<Ran> {
  const env = {
    ...process.env,
    PATH: `${home.path('bin')}:${process.env.PATH}`,
    CURL_HOME: home.path('bin'),
    ALLUVIUM_URL: served.url,
    XDG_STATE_HOME: folder,
    NO_COLOR: '1',
  }
  const text = script.replaceAll('http://127.0.0.1:8420', served.url)
  return new Promise(done => {
    execFile(
      'bash',
      ['-euo', 'pipefail', '-c', text],
      { cwd: folder, env, timeout: 20_000 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    )
  })
}

function lastJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(text.trimEnd().split('\n').at(-1)!)
  }
}

beforeAll(() => {
  mkdirSync(home.path('bin'))
  writeFileSync(
    home.path('bin/alluvium'),
    `#!/bin/sh\nexec "${process.execPath}" "${resolve('dist/alluvium.js')}" "$@"\n`,
  )
  chmodSync(home.path('bin/alluvium'), 0o755)
  writeFileSync(home.path('bin/.curlrc'), 'fail-with-body\nshow-error\nmax-time = 10\nwrite-out = "\\n"\n')
})

for (const { path, examples, flags } of pages.filter(page => page.examples.length > 0)) {
  describe(path, () => {
    const folder = home.path(path.replaceAll('/', '-'))
    let served: Served
    beforeAll(async () => {
      mkdirSync(folder)
      const own = flags.map(flag => flag.replace('./', `${folder}/`))
      served = await home.serve('--data-dir', `${folder}/data`, ...own)
    })
    afterAll(() => served.stop())

    it.each(examples.map(example => [`line ${example.line}`, example] as const))(
      '%s',
      async (_line, example) => {
        const { code, stdout, stderr } = await run(example, folder, served)
        const said = `${example.script}\n${stdout}\n${stderr}`
        if (example.isRefused)
          expect(code, said).toBe(22) // what curl leaves with when the answer is a refusal
        else expect(code, said).toBe(0)
        if (example.answer === undefined) return
        expect(difference(example.answer, lastJson(stdout)), said).toBeUndefined()
      },
    )
  })
}

describe('the pages', () => {
  it('are run at all: each page that shows curl has a block that is tested', () => {
    expect(pages.filter(({ examples }) => examples.length > 0).length).toBeGreaterThanOrEqual(7)
  })
})

describe('the tables', () => {
  const text = (path: string) => readFileSync(path, 'utf8')
  const named = (row: string) => [...row.matchAll(/`([^`]+)`/g)].map(found => found[1]!)

  it('of usual names are those that are looked for, in their order', () => {
    const rows = text('docs/ingest.md').split('\n')
    for (const [field, names] of Object.entries(usualNames)) {
      const column = field.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
      const row = rows.find(line => line.startsWith(`| \`${column}\` | \``))
      expect(named(row!.split('|')[2]!), field).toEqual(names)
    }
  })

  it('of refusals have every code', () => {
    const codes = text('docs/quarantine.md')
      .split('\n')
      .flatMap(line => /^\| `(\w+)` \| (?:decode|check) \|/.exec(line)?.[1] ?? [])
    expect(codes).toEqual([...refusalCodes].sort((left, right) => codes.indexOf(left) - codes.indexOf(right)))
  })

  it('name no limit that there is not', () => {
    const strange = pages.flatMap(({ path }) =>
      [...text(path).matchAll(/\blimits\.([a-z_]+)/g)]
        .filter(([, name]) => !(name! in defaultLimits))
        .map(String),
    )
    expect(strange).toEqual([])
  })
})

describe('reading a page', () => {
  const page = (text: string) => parsePage('x.md', text)

  it('finds what is to be run, with its answer, and leaves the rest', () => {
    const text =
      '```sh\nrm -rf\n```\n```bash run\na\nb\n```\nso\n```json answer\n{"n":1}\n```\n```bash run refused\nc\n```'
    expect(page(text).examples).toEqual([
      { line: 4, script: 'a\nb', isRefused: false, answer: { n: 1 } },
      { line: 12, script: 'c', isRefused: true, answer: undefined },
    ])
  })

  it('refuses a tag that is misspelt, an answer to nothing, a block without an end', () => {
    expect(() => page('```bash runs refused\n```')).toThrow('x.md:1: no such tag')
    expect(() => page('```json answer\n{}\n```')).toThrow('an answer to nothing')
    expect(() => page('```bash run\na')).toThrow('does not end')
  })

  it('compares what was promised, and lets … be anything', () => {
    const found = { a: 1, list: [{ b: 'xyz' }, 2], c: null }
    for (const promised of [
      found,
      {},
      { a: '…' },
      { list: [{ b: 'x…z' }, 2] },
      { list: ['…'] },
      { list: [{}, '…'] },
      { c: null },
    ])
      expect(difference(promised, found)).toBeUndefined()
    for (const promised of [
      { a: 2 },
      { d: 1 },
      { list: [] },
      { list: [{}] },
      { list: [{ b: 'y…' }, 2] },
      { c: 0 },
      [],
    ])
      expect(difference(promised, found)).toBeTypeOf('string')
  })
})
