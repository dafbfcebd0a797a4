// The configuration, from the weakest to the strongest: defaults, file, environment, flags. Pure over what it is
// given; every fault says where it was written.

import { nearest } from '../../base/nearest.ts'
import { type Config, configSchema } from '../../contract/config.ts'
import { type Assignment, assignText, isMap } from './assignment.ts'
import { environmentLayer, variableOf } from './environment-layer.ts'
import { ConfigError, type ConfigFault } from './fault.ts'
import { expectation, keysUnder, settingAt } from './settings.ts'
import { yamlLayer } from './yaml-layer.ts'

export interface ConfigSources {
  /** values by flag name without its dashes: `{ port: '80', 'data-dir': 'x' }` */
  flags: Readonly<Record<string, string>>
  /** `key=value` of each --set, in order */
  set: readonly string[]
  /** --config */
  file?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  /** @returns the text, or undefined when there is no such file */
  readFile(path: string): string | undefined
}

const defaultConfigFile = 'alluvium.yaml'

/** @throws ConfigError with every fault found */
export function loadConfig(sources: ConfigSources): Config {
  const assignments = [...fileLayer(sources), ...environmentLayer(sources.env), ...flagLayer(sources)]
  const unknown = assignments.filter(({ path }) => settingAt(path) === undefined)
  const known = assignments.filter(({ path }) => settingAt(path) !== undefined)
  const { values, origins } = merge(known)

  const result = configSchema.safeParse(values)
  const faults = unknown.map(unknownFault)
  if (!result.success)
    for (const issue of result.error.issues) faults.push(valueFault(issue, values, origins))
  if (!result.success || faults.length > 0) throw new ConfigError(faults)

  return result.data
}

function fileLayer({ file, env, readFile }: ConfigSources): Assignment[] {
  const told = file ?? env.ALLUVIUM_CONFIG
  const path = told ?? defaultConfigFile
  const text = readFile(path)
  if (text !== undefined) return yamlLayer(text, path)
  if (told === undefined) return []
  const origin = file === undefined ? 'ALLUVIUM_CONFIG' : '--config'
  throw new ConfigError([{ origin, text: `there is no file ${path}` }])
}

function flagLayer({ flags, set }: ConfigSources): Assignment[] {
  const named = Object.entries(flags).flatMap(([flag, text]) =>
    assignText([flag.replaceAll('-', '_')], text, `--${flag}`),
  )
  return [...named, ...set.flatMap(assignSet)]
}

function assignSet(text: string): Assignment[] {
  const at = text.indexOf('=')
  if (at < 1) {
    const example = '--set limits.body_bytes_max=20000000'
    throw new ConfigError([{ origin: '--set', found: quoted(text), expected: `key=value, as in ${example}` }])
  }
  return assignText(text.slice(0, at).split('.'), text.slice(at + 1), '--set')
}

/** Later assignments win. A value where keys were expected stays, so that the schema can complain about it. */
function merge(assignments: readonly Assignment[]) {
  const values: Record<string, unknown> = {}
  const origins = new Map<string, string>()
  for (const { path, value, origin } of assignments) {
    let target: unknown = values
    for (const key of path.slice(0, -1)) if (isMap(target)) target = target[key] ??= {}
    if (!isMap(target)) continue
    target[path.at(-1)!] = value
    origins.set(path.join('.'), origin)
  }
  return { values, origins }
}

function unknownFault({ path, origin }: Assignment): ConfigFault {
  const depth = path.findIndex((_, at) => settingAt(path.slice(0, at + 1)) === undefined)
  const parent = path.slice(0, depth)
  const candidates = keysUnder(parent)
  const key = path.slice(0, depth + 1).join('.')
  if (candidates.length === 0) {
    const names = 'a name of lower-case letters, digits, - and _, at most 63'
    return {
      key,
      origin,
      ...(settingAt(parent)?.additionalProperties
        ? { expected: names }
        : { text: 'nothing can be set below it' }),
    }
  }
  const near = nearest(path[depth]!, candidates)
  const meant = near && [...parent, near]
  const hint = meant && (origin.startsWith('ALLUVIUM_') ? variableOf(meant) : meant.join('.'))
  return { key, origin, text: hint ? `there is no such key; did you mean ${hint}?` : 'there is no such key' }
}

interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function valueFault(issue: Issue, values: unknown, origins: ReadonlyMap<string, string>): ConfigFault {
  const path = issue.path.map(String)
  // The place of a list's element is that of the list.
  const lengths = path.map((_, at) => path.length - at)
  const origin = lengths.map(length => origins.get(path.slice(0, length).join('.'))).find(Boolean)
  const setting = settingAt(path)
  const worded = issue.code === 'custom' || issue.code === 'invalid_format' || !setting
  const found = path.reduce<unknown>(
    (value, key) => (isMap(value) || Array.isArray(value) ? value[key as never] : undefined),
    values,
  )
  return {
    key: path.join('.'),
    origin: origin ?? 'default',
    // An API key is a secret: a message may end up in a log.
    found: path[0] === 'api_keys' ? '(hidden)' : quoted(found),
    expected: worded ? issue.message : expectation(setting),
  }
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
