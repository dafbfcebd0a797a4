// The import rules of .dependency-cruiser.mjs, run over a tree.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'

/** The part of the rules file that is read here; it is plain JavaScript, because the tool itself reads it too. */
interface Rules {
  floors: Record<string, string[]>
  default: { forbidden: { name: string; comment: string }[]; options: object }
}

const rulesFile: string = '../../.dependency-cruiser.mjs'
export const rules = (await import(rulesFile)) as Rules

export interface Cruised {
  moduleCount: number
  /** `rule: from → to` */
  violations: string[]
}

export async function cruiseTree(baseDir: string, folders: readonly string[]): Promise<Cruised> {
  const { forbidden, options } = rules.default
  const ruleSet = { forbidden } as object
  const { output } = await cruise([...folders], { ...options, ruleSet, validate: true, baseDir })
  const { summary } = output as ICruiseResult
  return {
    moduleCount: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  }
}

/** Names of the rules that a tree of these files breaks, each once. */
export async function rulesBrokenBy(files: Record<string, string>): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'alluvium-floors-')))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const { violations } = await cruiseTree(folder, ['src', 'routes', 'wasm'])
    return [...new Set(violations.map(violation => violation.split(':')[0]!))]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A house in small, one file a room, that keeps every rule; `change` puts files over it. */
export function house(change: Record<string, string> = {}): Record<string, string> {
  return {
    'package.json': JSON.stringify({
      dependencies: { '@hono/node-server': '1' },
      devDependencies: { vitest: '1' },
    }),
    'node_modules/@hono/node-server/package.json': JSON.stringify({
      name: '@hono/node-server',
      main: 'x.js',
    }),
    'node_modules/@hono/node-server/x.js': '',
    'node_modules/vitest/package.json': JSON.stringify({ name: 'vitest', main: 'x.js' }),
    'node_modules/vitest/x.js': '',
    'src/base/a.ts': 'export const a = 1',
    'src/contract/a.ts': "import { a } from '../base/a.ts'\nexport type A = typeof a",
    'src/ports/a.ts': "import type { A } from '../contract/a.ts'\nexport type Port = A",
    'src/segment/a.ts': "export type { Port } from '../ports/a.ts'",
    'src/ingest/a.ts': "export type { Port } from '../segment/a.ts'",
    'src/query/a.ts': "export type { Port } from '../segment/a.ts'",
    'src/service/a.ts': "export type { Port } from '../ingest/a.ts'\nimport '../query/a.ts'",
    'src/adapters/a.ts': "import 'node:fs'\nexport type { Port } from '../ports/a.ts'",
    'src/runtime/a.ts': "import '@hono/node-server'\nimport '../../routes/a.ts'\nimport '../adapters/a.ts'",
    'src/cli/main.ts': "import '../runtime/a.ts'",
    'routes/a.ts': "export type { Port } from '../src/service/a.ts'",
    'wasm/a.ts': 'export function a(): void {}',
    ...change,
  }
}
