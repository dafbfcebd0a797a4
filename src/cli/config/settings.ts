// The settings as a tree that can be asked: what may stand at a path, of which kind, and which neighbours it has.
// Derived from the schema, so that messages, documentation and checks can't drift from it.

import { z } from 'zod'
import { configSchema } from '../../contract/config.ts'

export interface Setting {
  type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object'
  description: string
  default?: unknown
  enum?: (string | number)[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  properties?: Record<string, Setting>
  /** what stands under a name of the operator's own choice, such as a stream's */
  additionalProperties?: Setting | false
  propertyNames?: { pattern: string }
}

const root = z.toJSONSchema(configSchema, { io: 'input' }) as unknown as Setting

/** @returns the setting at `path`, or undefined when there is no such key */
export function settingAt(path: readonly string[]): Setting | undefined {
  let setting: Setting | undefined = root
  for (const key of path) setting = setting && childOf(setting, key)
  return setting
}

/** The keys that may stand under `path`; empty where names are free. */
export function keysUnder(path: readonly string[]): string[] {
  return Object.keys(settingAt(path)?.properties ?? {})
}

/** Every setting that holds a value, by its path, in the schema's order; a free name stands as `<name>`. */
export function* allSettings(
  setting = root,
  path: string[] = [],
): Generator<{ path: string[]; setting: Setting }> {
  for (const [key, child] of Object.entries(setting.properties ?? {})) yield* allOf(child, [...path, key])
  if (setting.additionalProperties) yield* allOf(setting.additionalProperties, [...path, '<name>'])
}

function* allOf(setting: Setting, path: string[]): Generator<{ path: string[]; setting: Setting }> {
  if (setting.type === 'object') yield* allSettings(setting, path)
  else yield { path, setting }
}

/** What a setting takes, in words: `a whole number from 0 to 65535`. */
export function expectation(setting: Setting): string {
  if (setting.enum) return `one of ${setting.enum.join(', ')}`
  if (setting.type === 'number' || setting.type === 'integer') return numberIn(setting)
  if (setting.type === 'array') return 'a list'
  if (setting.type === 'object') return 'keys with values'
  return setting.type === 'boolean' ? 'true or false' : 'text'
}

function numberIn(setting: Setting): string {
  const noun = setting.type === 'integer' ? 'a whole number' : 'a number'
  const { minimum, exclusiveMinimum, maximum } = setting
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum !== undefined) return `${noun} from ${minimum}${most === undefined ? ' on' : ` to ${most}`}`
  const least = exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`
  return `${noun}${least}${most === undefined ? '' : `, at most ${most}`}`
}

function childOf(setting: Setting, key: string): Setting | undefined {
  if (setting.properties && Object.hasOwn(setting.properties, key)) return setting.properties[key]
  if (!setting.additionalProperties) return undefined
  const named = new RegExp(setting.propertyNames?.pattern ?? '').test(key)
  return named ? setting.additionalProperties : undefined
}
