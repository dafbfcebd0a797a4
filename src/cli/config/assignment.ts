// One value for one setting, and where it was written: what every layer of the configuration is made of.

import { parse } from 'yaml'
import { settingAt } from './settings.ts'

export interface Assignment {
  path: readonly string[]
  value: unknown
  /** where it stands: `alluvium.yaml:3`, `ALLUVIUM_PORT`, `--port` */
  origin: string
}

/** From text, as the environment and flags have it: the setting's type tells how to read it. */
export function assignText(path: readonly string[], text: string, origin: string): Assignment[] {
  const setting = settingAt(path)
  if (setting?.type === 'object') return assignTree(path, parsed(text), origin)
  return [{ path, value: setting ? typed(setting, text) : text, origin }]
}

function typed(setting: { type: string }, text: string): unknown {
  const numeric = setting.type === 'number' || setting.type === 'integer'
  return numeric && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : text
}

function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return text // not YAML: stays text, and the schema says that it expected keys with values
  }
}

/** A map becomes one assignment a leaf, so that layers merge key by key. */
function assignTree(path: readonly string[], value: unknown, origin: string): Assignment[] {
  const branches = settingAt(path)?.type === 'object' && isMap(value)
  if (!branches) return [{ path, value, origin }]
  return Object.entries(value).flatMap(([key, child]) => assignTree([...path, key], child, origin))
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
