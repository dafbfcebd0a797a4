// The documentation and the example can't drift from the schema: what they say of each setting is derived here anew.

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { commands } from '../../../src/cli/alluvium.ts'
import { variableOf } from '../../../src/cli/config/environment-layer.ts'
import { loadConfig } from '../../../src/cli/config/load.ts'
import { allSettings, expectation, type Setting } from '../../../src/cli/config/settings.ts'
import { configSchema } from '../../../src/contract/config.ts'

const settings = [...allSettings()]

function row({ path, setting }: { path: string[]; setting: Setting }): string {
  const key = path.join('.')
  const fallback = valueAt(configSchema.parse({}), path)
  const cells = [
    `\`${key}\``,
    fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``,
    expectation(setting),
    setting.description,
  ]
  return `| ${cells.join(' | ')} |`
}

describe('docs/configuration.md', () => {
  it('has a row for every setting, with its default and its bounds', async () => {
    const text = await readFile('docs/configuration.md', 'utf8')
    const table = text
      .slice(text.indexOf('<!-- settings -->'), text.indexOf('<!-- /settings -->'))
      .trim()
      .split('\n')
      .slice(1)
    expect(table).toEqual([
      '| key | default | takes | what it is |',
      '|---|---|---|---|',
      ...settings.map(row),
    ])
  })

  it('names only variables that exist', async () => {
    const text = await readFile('docs/configuration.md', 'utf8')
    const known = [
      ...settings.map(({ path }) => variableOf(path)),
      'ALLUVIUM_CONFIG',
      'ALLUVIUM_URL',
      'ALLUVIUM_KEY',
      'ALLUVIUM_STREAMS',
      'ALLUVIUM_STREAMS__CLICKS__RETENTION_DAYS',
    ]
    for (const [variable] of text.matchAll(/ALLUVIUM_[A-Z_]+/g)) expect(known).toContain(variable)
  })
})

describe('alluvium.example.yaml', () => {
  it('shows every setting, commented out, with its default', async () => {
    const text = await readFile('alluvium.example.yaml', 'utf8')
    expect(parse(text)).toBeNull()
    const bare = text.replace(/^# ?(?= *[-\w]+:( |$)| *- )/gm, '')
    const shown = parse(bare)
    for (const { path } of settings) {
      const value = valueAt(shown, path)
      const fallback = valueAt(configSchema.parse({}), path)
      expect(value, path.join('.')).toBeDefined()
      if (fallback !== undefined && !Array.isArray(fallback)) expect(value, path.join('.')).toEqual(fallback)
    }
    expect(() => loadConfig({ flags: {}, set: [], env: {}, readFile: () => bare })).not.toThrow()
  })
})

describe('docs/cli.md', () => {
  it('has a section for every command, with all of its flags and no others', async () => {
    const text = await readFile('docs/cli.md', 'utf8')
    for (const { name, summary, flags } of commands) {
      const [section] = text.split(`\n## ${name}\n`)[1]?.split('\n## ') ?? []
      expect(section, name).toContain(summary)
      const named = new Set([...section!.matchAll(/`--([a-z-]+)`/g)].map(([, flag]) => flag))
      expect([...named].sort(), name).toEqual(Object.keys(flags).sort())
    }
  })
})

/** What stands at a path; `<name>` is whichever name is there first. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const map = (inner ?? {}) as Record<string, unknown>
    return key === '<name>' ? Object.values(map)[0] : map[key]
  }, value)
}
