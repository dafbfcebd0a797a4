// What a pack's schema can't say: that its rules speak of things that there are, and that a field can be read the way it
// is named.

import { nearest } from '../base/nearest.ts'
import { type Entity, type Pack, packEntitiesMax, packFieldsMax, type When } from '../contract/pack.ts'
import { attributesOf, keyPartsOf, parseEdge, parseFieldPath } from './field-path.ts'
import { templateOf } from './template.ts'

/** A fault by its place in the pack; which line that is, `parsePack` finds out. */
export interface Misfit {
  path: readonly PropertyKey[]
  /** the fault is the name itself, not what stands behind it */
  isKey?: boolean
  message: string
}

/** @param pack  as its schema let it pass */
export function meaningFaults(pack: Pack): Misfit[] {
  const names = Object.keys(pack.entities ?? {})
  const faults = [
    ...Object.entries(pack.envelope ?? {}).flatMap(([name, fields]) =>
      [fields ?? []].flat().flatMap(field => envelopeFaults(field, ['envelope', name])),
    ),
    ...Object.entries(pack.entities ?? {}).flatMap(([name, entity]) =>
      entityFaults(entity, ['entities', name]),
    ),
    ...(pack.edges ?? []).flatMap((edge, i) =>
      typeof edge === 'string'
        ? edgeFaults(edge, names, ['edges', i])
        : [
            ...edgeFaults(edge.edge, names, ['edges', i, 'edge']),
            ...whenFaults(edge.when, ['edges', i]),
            ...(edge.weight === undefined ? [] : weightFaults(edge.weight, pack, i)),
          ],
    ),
    ...textFaults(pack.text),
  ]
  if (names.length > packEntitiesMax)
    faults.push({
      path: ['entities'],
      message: `${names.length} of them; a pack has at most ${packEntitiesMax}`,
    })
  if (faults.length === 0 && fieldCountOf(pack) > packFieldsMax)
    faults.push({
      path: [],
      message: `reads ${fieldCountOf(pack)} fields; a pack reads at most ${packFieldsMax}`,
    })
  return faults
}

function entityFaults({ key, attributes, when }: Entity, path: Misfit['path']): Misfit[] {
  const parts = keyPartsOf(key)
  const told = attributesOf(attributes)
  const faults = [
    ...parts.flatMap(({ field }, i) =>
      fieldFaults(field, [...path, 'key', ...(Array.isArray(key) ? [i] : [])]),
    ),
    ...told.flatMap(([name, field], i) =>
      fieldFaults(field, [...path, 'attributes', Array.isArray(attributes) ? i : name]),
    ),
    ...whenFaults(when, path),
  ]
  if (parts.every(({ isOptional }) => isOptional))
    faults.push({
      path: [...path, 'key'],
      message: 'one part of a key at least must be there: leave its ? out',
    })
  const repeated = told.findIndex(([name], i) => told.slice(0, i).some(([before]) => before === name))
  if (repeated >= 0)
    faults.push({
      path: [...path, 'attributes', repeated],
      message: `there is an attribute ${told[repeated]![0]} already; name them apart: {name: field}`,
    })
  const arrays = new Set([...parts.map(({ field }) => field), ...told.map(([, field]) => field)].map(arrayOf))
  arrays.delete(undefined)
  if (arrays.size > 1)
    faults.push({
      path: [...path, 'key'],
      message: `an entity reads the elements of one array, this one of ${[...arrays].join(' and ')}`,
    })
  else if (arrays.size === 1 && parts.every(({ field }) => arrayOf(field) === undefined))
    faults.push({
      path: [...path, 'attributes'],
      message: `each element of ${[...arrays][0]} would tell of the same node; put a field of it into the key`,
    })
  return faults
}

function edgeFaults(text: string, names: readonly string[], path: Misfit['path']): Misfit[] {
  const { from, to } = parseEdge(text)
  return [...new Set([from, to])]
    .filter(name => !names.includes(name))
    .map(name => {
      const meant = nearest(name, names)
      const hint = meant === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean ${meant}?`
      return { path, message: `there is no entity ${name}; ${hint}` }
    })
}

function weightFaults(weight: string, { entities = {}, edges = [] }: Pack, i: number): Misfit[] {
  const path = ['edges', i, 'weight']
  const faults = fieldFaults(weight, path)
  const array = arrayOf(weight)
  if (faults.length > 0 || array === undefined) return faults
  const edge = edges[i]!
  const { from, to } = parseEdge(typeof edge === 'string' ? edge : edge.edge)
  const isOfAnEnd = [from, to]
    .flatMap(name => (entities[name] ? keyPartsOf(entities[name].key) : []))
    .some(({ field }) => arrayOf(field) === array)
  const message = `${array} has many values, and neither end of the edge is one of its elements`
  return isOfAnEnd ? [] : [{ path, message }]
}

function whenFaults(when: When | undefined, path: Misfit['path']): Misfit[] {
  return Object.keys(when ?? {}).flatMap(field => fieldFaults(field, [...path, 'when', field]))
}

function textFaults(text: Pack['text']): Misfit[] {
  if (text === undefined) return []
  const pieces = templateOf(text)
  if (typeof pieces === 'string') return [{ path: ['text'], message: pieces }]
  return pieces.flatMap(({ field }, i) => fieldFaults(field, Array.isArray(text) ? ['text', i] : ['text']))
}

function fieldFaults(field: string, path: Misfit['path']): Misfit[] {
  const parsed = parseFieldPath(field)
  return typeof parsed === 'string' ? [{ path, message: parsed }] : []
}

function envelopeFaults(field: string, path: Misfit['path']): Misfit[] {
  const faults = fieldFaults(field, path)
  return faults.length > 0 || arrayOf(field) === undefined
    ? faults
    : [{ path, message: `"${field}" has many values; an envelope wants one` }]
}

function arrayOf(field: string): string | undefined {
  const parsed = parseFieldPath(field)
  return typeof parsed === 'string' ? undefined : parsed.array
}

function fieldCountOf({ entities = {}, edges = [], text }: Pack): number {
  const pieces = text === undefined ? [] : templateOf(text)
  const fields = [
    ...Object.values(entities).flatMap(({ key, attributes, when = {} }) => [
      ...keyPartsOf(key).map(({ field }) => field),
      ...attributesOf(attributes).map(([, field]) => field),
      ...Object.keys(when),
    ]),
    ...edges.flatMap(edge =>
      typeof edge === 'string'
        ? []
        : [...Object.keys(edge.when ?? {}), ...(edge.weight ? [edge.weight] : [])],
    ),
    ...(typeof pieces === 'string' ? [] : pieces.map(({ field }) => field)),
  ]
  return new Set(fields).size
}
