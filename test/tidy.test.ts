// What holds of the tree as a whole: the floors, and the habits that a reader relies on.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cruiseTree, house, rules, rulesBrokenBy } from './tidy/cruise.ts'
import { files, placesOf, read, root, under } from './tidy/tree.ts'

const sources = under(['src', 'routes', 'wasm'], /\.(ts|mjs)$/)
const code = [...sources, ...under(['test', 'bench', 'scripts'], /\.(ts|mjs)$/)]
const texts = files.filter(path => !/\.(parquet|arrow|gz|zst|wasm|png|ico|woff2|bin)$/.test(path))
/** This file names what it forbids. */
const elsewhere = (path: string) => path !== 'test/tidy.test.ts'

describe('imports', () => {
  it('run down the floors, in no circles, and lose no file', async () => {
    const { moduleCount, violations } = await cruiseTree(root, ['src', 'routes', 'wasm'])
    expect(moduleCount).toBeGreaterThan(100)
    expect(violations).toEqual([])
  })

  it('have a floor for every folder', () => {
    const rooms = new Set(under(['src'], /\.ts$/).map(path => path.split('/')[1]!))
    expect([...rooms].filter(room => !(room in rules.floors))).toEqual([])
  })

  it('of a house that keeps the rules are fine', async () => {
    expect(await rulesBrokenBy(house())).toEqual([])
  })

  it.each<[string, string, Record<string, string>]>([
    [
      'up',
      'floor-of-base',
      { 'src/base/a.ts': "export { B } from '../contract/b.ts'", 'src/contract/b.ts': 'export const B = 1' },
    ],
    [
      'up, for a type',
      'floor-of-ports',
      {
        'src/ports/a.ts':
          "import type { A } from '../contract/a.ts'\nimport type { X } from '../engine/b.ts'\nexport type Port = A | X",
        'src/engine/b.ts': 'export type X = 1',
      },
    ],
    [
      'up, when asked',
      'floor-of-segment',
      {
        'src/segment/a.ts': "export type Port = 1\nexport const late = () => import('../catalog/b.ts')",
        'src/catalog/b.ts': 'export const b = 1',
      },
    ],
    ['sideways', 'floor-of-ingest', { 'src/ingest/a.ts': "import '../query/a.ts'\nexport type Port = 1" }],
    [
      'out of the source',
      'floor-of-service',
      {
        'src/service/a.ts':
          "import '../../test/b.ts'\nimport '../query/a.ts'\nimport '../ingest/a.ts'\nexport type Port = 1",
        'test/b.ts': '',
      },
    ],
    [
      'from an adapter into the house',
      'floor-of-adapters',
      { 'src/adapters/a.ts': "export type { Port } from '../segment/a.ts'" },
    ],
    ['to a platform', 'node-in-its-place', { 'src/ingest/a.ts': "import 'node:fs'\nexport type Port = 1" }],
    [
      'to a platform without its prefix',
      'node-in-its-place',
      { 'routes/a.ts': "import 'fs'\nimport '../src/service/a.ts'" },
    ],
    [
      "to a platform's server",
      'platform-in-its-place',
      { 'routes/a.ts': "import '@hono/node-server'\nimport '../src/service/a.ts'" },
    ],
    [
      'to what is not shipped',
      'shipped-dependencies',
      { 'src/cli/main.ts': "import 'vitest'\nimport '../runtime/a.ts'" },
    ],
    [
      'from a kernel',
      'kernels-stand-alone',
      { 'wasm/a.ts': "import { a } from '../src/base/a.ts'\nexport function f(): i32 { return a }" },
    ],
    [
      'in a circle',
      'no-circles',
      { 'src/base/a.ts': "import './b.ts'\nexport const a = 1", 'src/base/b.ts': "import './a.ts'" },
    ],
    [
      'in a circle of types',
      'no-circles',
      {
        'src/base/a.ts': "import type { B } from './b.ts'\nexport const a: B = 1",
        'src/base/b.ts': "import type { a } from './a.ts'\nexport type B = number | typeof a",
      },
    ],
    ['from nowhere', 'no-lost-files', { 'src/base/lost.ts': 'export const lost = 1' }],
    ['to nowhere', 'resolvable', { 'src/base/a.ts': "import './gone.ts'\nexport const a = 1" }],
  ])('that lead %s break %s', async (_, rule, change) => {
    expect(await rulesBrokenBy(house(change))).toEqual([rule])
  })
})

describe('every source file', () => {
  it('opens with what it is for', () => {
    expect(sources.filter(path => !/^(#!.*\n)?(\/\/ .{15,}|\/\*\* .{15,})/.test(read(path)))).toEqual([])
  })

  it('holds one idea, in no more than 400 lines', () => {
    expect(longerThan(400, sources).filter(path => !(path in longSources))).toEqual([])
    expect(longerThan(600, code).filter(path => !(path in longSources))).toEqual([])
  })

  it('stands in a folder whose question ARCHITECTURE.md tells', () => {
    const map = read('ARCHITECTURE.md')
    const folders = new Set(under(['src', 'routes'], /\.ts$/).map(path => dirname(path)))
    const untold = [...folders].filter(folder => !new RegExp(`^\\| \`${folder}/\` \\|.*\\?`, 'm').test(map))
    expect(untold).toEqual([])
  })
})

const longSources: Record<string, string> = {
  'wasm/tape/scan.ts': 'a kernel stays whole, because its functions share what they keep in globals',
}

function longerThan(lineCount: number, paths: readonly string[]): string[] {
  return paths.filter(path => read(path).trimEnd().split('\n').length > lineCount)
}

describe('nothing in the code', () => {
  it('is left to do', () => {
    expect(placesOf(/\b(TODO|FIXME|XXX|HACK)\b/, code.filter(elsewhere))).toEqual([])
  })

  it('is caught without a word', () => {
    const silent = /catch( \(\w+\))? \{\s*\}|\.catch\(\(\) => (\{\s*\}|undefined|null)\)/
    const places = placesOf(silent, under(['src', 'routes'], /\.ts$/))
    expect(places.filter(place => !isExplained(place))).toEqual([])
  })

  it('is skipped, or run alone', () => {
    const tests = under(['test'], /\.ts$/).filter(elsewhere)
    expect(placesOf(/\b(it|test|describe)\.(only|skip|todo)\b/, tests)).toEqual([])
  })

  it('prints what belongs in the log, or to the terminal by its own way', () => {
    const printing = under(['src', 'routes'], /\.ts$/).filter(path => !path.startsWith('src/runtime/worker'))
    expect(placesOf(/\bconsole\.\w+\(/, printing)).toEqual([])
  })

  it('tells the time or rolls dice but by a port', () => {
    const inner = sources.filter(path =>
      /^src\/(base|contract|engine|segment|catalog|ingest|pipeline|query)\//.test(path),
    )
    expect(
      placesOf(/\b(Date\.now|Math\.random|performance\.now|new Date\(\)|setTimeout|fetch)\b\(?/, inner),
    ).toEqual([])
  })
})

interface Locked {
  optionalDependencies?: Record<string, string>
}

/** A comment on the line, or right above it. */
function isExplained(place: string): boolean {
  const [path, line] = place.split(':') as [string, string]
  const lines = read(path).split('\n')
  const [above, at] = [lines[Number(line) - 2] ?? '', lines[Number(line) - 1]!]
  return /\/\/ \w/.test(at) || /^\s*(\/\/|\*\/|\/\*\*)/.test(above)
}

describe('nothing in the repository', () => {
  it('names the machine that it was written on', () => {
    expect(placesOf(/(^|[\s"'`(=])\/(work|home|root|Users)\//, texts.filter(elsewhere))).toEqual([])
  })

  it('names a registry, so that it installs from wherever npm is told to', () => {
    expect(placesOf(/registry\.npmjs\.org|"resolved": "/, texts.filter(elsewhere))).toEqual([])
  })

  it('keeps npm ci from working on another platform', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
    const names = Object.values(packages).flatMap(({ optionalDependencies }) =>
      Object.keys(optionalDependencies ?? {}),
    )
    const locked = new Set(Object.keys(packages).map(path => path.replace(/^.*node_modules\//, '')))
    expect(names.length).toBeGreaterThan(50)
    expect(
      names.filter(name => !locked.has(name)),
      'run node scripts/lock-platforms.mjs',
    ).toEqual([])
  })

  it('links to what is not there', () => {
    const pages = texts.filter(path => path.endsWith('.md'))
    const broken = pages.flatMap(page =>
      [...read(page).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
        .map(match => match[1]!)
        .filter(target => !existsSync(join(root, dirname(page), target)))
        .map(target => `${page}: ${target}`),
    )
    expect(broken).toEqual([])
  })
})

describe('every test', () => {
  /** Suites that mirror no file, but prove something of the whole. */
  const suites = [
    'ports',
    'runtime',
    'sim',
    'crash',
    'replay',
    'e2e',
    'golden',
    'tidy',
    'bench',
    'docs',
    'scripts',
  ]

  it('mirrors what it tests: its file or an aspect of it, or it is of a suite', () => {
    const tests = under(['test'], /\.test\.ts$/).filter(elsewhere)
    const strays = tests.filter(path => {
      const [, room, ...rest] = path.split('/')
      if (suites.includes(room!)) return false
      const place = room === 'routes' ? 'routes' : `src/${room}`
      const name = rest.join('/').replace(/(\.long)?\.test\.ts$/, '')
      return !mirrored(`${place}/${name}`)
    })
    expect(strays.filter(path => !(path in unmirrored))).toEqual([])
  })

  /** `arrow-hostile` tests `arrow.ts`; `thrift` tests `thrift-read.ts` and `thrift-write.ts`; `demo/demo` its folder. */
  function mirrored(path: string): boolean {
    if (files.some(file => file === `${path}.ts` || file.startsWith(`${path}-`))) return true
    const [folder, name] = path.split('/').slice(-2)
    const shorter = path.replace(/-[^-/]*$/, '')
    return folder === name || (shorter !== path && mirrored(shorter))
  }

  /** Tests of a folder as a whole, named by what they look at. */
  const unmirrored: Record<string, string> = {
    'test/cli/config/documentation.test.ts': 'what the documentation says of the settings',
    'test/cli/ingest/routes.test.ts': 'the command against the real routes',
    'test/ingest/columnar/codecs.test.ts': 'all codecs against other implementations',
    'test/segment/parquet/real.test.ts': 'files that others wrote',
  }
})
