// What a pack makes of events, written out plainly over parsed events: the oracle of `derive`. And what was derived, in
// the same form.

import { fromUtf8 } from '../../src/base/bytes.ts'
import type { TextColumn } from '../../src/base/text-column.ts'
import type { Condition, Pack, When } from '../../src/contract/pack.ts'
import type { Derived } from '../../src/segment/derived.ts'

/** Each list in row order; what an event says twice stands once. */
export interface Told {
  /** `type key` */
  mentions: string[][]
  /** `type key -edge-> type key` → weight */
  edges: Record<string, number>[]
  /** `type key name=json`, once each */
  attributes: string[][]
  texts: (string | null)[]
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
interface Mention {
  element: number
  id: string
}

export function expected(pack: Pack, lines: readonly string[], textOf: (say: Say) => string | null): Told {
  const told: Told = { mentions: [], edges: [], attributes: [], texts: [] }
  for (const line of lines) {
    const event = JSON.parse(line) as Json
    const mentioned = new Map<string, Mention[]>()
    const attributes: string[] = []
    for (const [name, entity] of Object.entries(pack.entities ?? {})) {
      const parts = [entity.key].flat().map(part => ({
        field: Array.isArray(entity.key) && entity.key.length > 1 ? part.replace(/\?$/, '') : part,
        isOptional: Array.isArray(entity.key) && entity.key.length > 1 && part.endsWith('?'),
      }))
      const told = attributePairs(entity.attributes)
      const array = [...parts.map(({ field }) => field), ...told.map(([, field]) => field)].find(isOfArray)
      const found: Mention[] = []
      for (let element = 0; element < (array ? elementsOf(event, array).length : 1); element++) {
        const scope = array ? [[arrayName(array), element] as Scope] : []
        if (!allHold(event, entity.when ?? {}, scope)) continue
        const values = parts.map(({ field }) => valueAt(event, field, element))
        if (values.some((value, i) => value === null && !parts[i]!.isOptional)) continue
        const key =
          values.length === 1
            ? values[0]!
            : values.map(value => (value ?? '').replace(/[\\|]/g, sign => `\\${sign}`)).join('|')
        const id = `${entity.type ?? name} ${key}`
        found.push({ element, id })
        for (const [attribute, field] of told) {
          const value = rawAt(event, field, element)
          if (value !== undefined && value !== null && value !== '')
            attributes.push(`${id} ${attribute}=${JSON.stringify(value)}`)
        }
      }
      mentioned.set(name, found)
    }
    told.mentions.push([...new Set([...mentioned.values()].flat().map(({ id }) => id))])
    told.attributes.push(attributes)
    told.edges.push(edgesOf(pack, event, mentioned))
    told.texts.push(textOf(field => valuesOf(event, field).join(', ') || null))
  }
  return told
}

/** The values of a field as one text, null where there is none. */
export type Say = (field: string) => string | null

type Scope = [array: string, element: number]

function edgesOf(pack: Pack, event: Json, mentioned: Map<string, Mention[]>): Record<string, number> {
  const edges: Record<string, number> = {}
  for (const declared of pack.edges ?? []) {
    const { edge, when = {}, weight } = typeof declared === 'string' ? { edge: declared } : declared
    const [, from, type, to] = /(\w+) -(\w+)-> (\w+)/.exec(edge)!
    const [fromArray, toArray] = [from!, to!].map(name =>
      [pack.entities![name]!.key].flat().filter(isOfArray).map(arrayName).at(0),
    )
    for (const source of mentioned.get(from!)!) {
      for (const target of mentioned.get(to!)!) {
        if (fromArray && fromArray === toArray && source.element !== target.element) continue
        const scope: Scope[] = []
        if (fromArray) scope.push([fromArray, source.element])
        if (toArray) scope.push([toArray, target.element])
        if (!allHold(event, when, scope)) continue
        const link = `${source.id} -${type}-> ${target.id}`
        const element = weight ? (scope.find(([array]) => weight.startsWith(`${array}[]`))?.[1] ?? 0) : 0
        const number = weight ? Number(valueAt(event, weight, element) ?? 'none') : 1
        const added = Number.isFinite(number) && number > 0 ? number : 0
        if (!(link in edges)) edges[link] = added
        else if (weight) edges[link]! += added
      }
    }
  }
  return edges
}

function allHold(event: Json, when: When, scope: Scope[]): boolean {
  return Object.entries(when).every(([field, condition]) => {
    const own = isOfArray(field) ? scope.find(([array]) => array === arrayName(field)) : undefined
    const values = own
      ? [valueAt(event, field, own[1])].filter(value => value !== null)
      : valuesOf(event, field)
    return holds(condition, values)
  })
}

function holds(condition: Condition, values: string[]): boolean {
  if (typeof condition !== 'object' || Array.isArray(condition))
    return values.some(value => [condition].flat().map(String).includes(value))
  if ('exists' in condition) return values.length > 0 === condition.exists
  if ('prefix' in condition) return values.some(value => value.startsWith(condition.prefix))
  return !values.some(value => [condition.not].flat().map(String).includes(value))
}

function attributePairs(attributes: string[] | Record<string, string> = {}): [string, string][] {
  if (!Array.isArray(attributes)) return Object.entries(attributes)
  return attributes.map(field => [field.split('.').at(-1)!.replace('[]', ''), field])
}

const isOfArray = (field: string) => field.includes('[]')
const arrayName = (field: string) => field.split('[]')[0]!

function elementsOf(event: Json, field: string): Json[] {
  const array = walk(event, arrayName(field))
  return Array.isArray(array) ? array : []
}

function walk(value: Json | undefined, path: string): Json | undefined {
  if (path === '') return value
  return path
    .split('.')
    .reduce<Json | undefined>(
      (at, name) => (at !== null && typeof at === 'object' && !Array.isArray(at) ? at[name] : undefined),
      value,
    )
}

function rawAt(event: Json, field: string, element: number): Json | undefined {
  if (!isOfArray(field)) return walk(event, field)
  return walk(elementsOf(event, field)[element], field.split('[]')[1]!.replace(/^\./, ''))
}

function valueAt(event: Json, field: string, element: number): string | null {
  const value = rawAt(event, field, element)
  return value === undefined || value === null || value === '' || typeof value === 'object'
    ? null
    : String(value)
}

function valuesOf(event: Json, field: string): string[] {
  const count = isOfArray(field) ? elementsOf(event, field).length : 1
  return Array.from({ length: count }, (_, i) => valueAt(event, field, i)).filter(value => value !== null)
}

export function told({ rowCount, texts, textOf, nodes, mentions, edges, attributes }: Derived): Told {
  const ids = [...nodes.type].map((type, node) => `${nodes.types[type]} ${textAt(nodes.keys, node)}`)
  const all: Told = {
    mentions: Array.from({ length: rowCount }, () => []),
    edges: Array.from({ length: rowCount }, () => ({})),
    attributes: Array.from({ length: rowCount }, () => []),
    texts: [...textOf].map(text => (text < 0 ? null : textAt(texts, text))),
  }
  for (const [i, row] of mentions.row.entries()) all.mentions[row]!.push(ids[mentions.node[i]!]!)
  edges.row.forEach((row, i) => {
    const link = `${ids[edges.from[i]!]} -${edges.types[edges.type[i]!]}-> ${ids[edges.to[i]!]}`
    if (link in all.edges[row]!) throw new Error(`twice in row ${row}: ${link}`)
    all.edges[row]![link] = edges.weight[i]!
  })
  attributes.row.forEach((row, i) => {
    const value = JSON.stringify(JSON.parse(textAt(attributes.values, i)))
    const name = attributes.names[attributes.name[i]!]
    all.attributes[row]!.push(`${ids[attributes.node[i]!]} ${name}=${value}`)
  })
  return all
}

export function textAt({ data, offsets }: TextColumn, i: number): string {
  return fromUtf8(data.subarray(offsets[i]!, offsets[i + 1]!))
}
