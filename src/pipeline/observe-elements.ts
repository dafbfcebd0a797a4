// Values within an array, for watching: `tags[]` for those of an array of scalars, `commits[].author.email` for those of an
// array of objects. Only a few elements of an array are looked at, since watching is no counting.

import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import { valueKind } from '../pack/auto/observation.ts'

const elementsMax = 8
/** A longer array is not read at all. */
const arrayBytesMax = 64 * 1024
const levelsMax = 4

export interface ElementValue {
  path: string
  kind: number
  bytes: Uint8Array
}

/** @param bytes  an array or an empty object, as JSON */
export function elementValues(bytes: Uint8Array, path: string): ElementValue[] {
  if (bytes.length > arrayBytesMax) return []
  const value: unknown = JSON.parse(fromUtf8(bytes))
  if (!Array.isArray(value)) return []
  const found: ElementValue[] = []
  for (const element of value.slice(0, elementsMax)) collect(element, `${path}[]`, { level: 0, found })
  return found
}

function collect(value: unknown, path: string, into: { level: number; found: ElementValue[] }): void {
  if (value === null || value === '' || Array.isArray(value)) return
  if (typeof value === 'object') {
    if (into.level === levelsMax) return
    for (const [name, inner] of Object.entries(value))
      collect(inner, `${path}.${name}`, { level: into.level + 1, found: into.found })
    return
  }
  into.found.push({ path, kind: kindOf(value), bytes: toUtf8(String(value)) })
}

function kindOf(value: unknown): number {
  if (typeof value === 'boolean') return valueKind.flag
  if (typeof value === 'number') return Number.isInteger(value) ? valueKind.integer : valueKind.number
  return valueKind.text
}
