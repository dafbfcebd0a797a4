// A proposal as a pack document.

import type { InstalledPack, Pack } from '../../contract/pack.ts'
import type { Field, Proposal, ProposedEdge, ProposedEntity } from './field.ts'

const autoPackName = 'auto'
const description = 'Made from the events themselves, without configuration; export it to edit it.'

/** @returns a pack as it would be at this version */
export function composePack({ entities, edges, text }: Proposal, version: number): InstalledPack {
  return {
    pack: autoPackName,
    version,
    description,
    ...(entities.length > 0 && { entities: Object.fromEntries(entities.map(composeEntity)) }),
    ...(edges.length > 0 && { edges: edges.map(composeEdge) }),
    ...(text.length > 0 && { text: text.map(({ name }) => name.path) }),
  }
}

const textFieldsMax = 24

/** What people wrote first, then how things are called and what sorts them, so that words find them. */
export function proposeText(fields: readonly Field[], entities: readonly ProposedEntity[]): Field[] {
  const written = fields.filter(({ role }) => role === 'text')
  const called = entities.map(({ key }) => key).filter(isReadable)
  const attributes = entities.flatMap(({ attributes: told }) => told.map(({ field }) => field))
  const sorting = fields.filter(
    field =>
      field.role === 'category' && isReadable(field) && !field.name.isNested && !attributes.includes(field),
  )
  return [...new Set([...written, ...called, ...sorting])].slice(0, textFieldsMax)
}

/** Codes, numbers and addresses are found as nodes; in a text they would only make each one unlike all others. */
function isReadable({ sketch }: Field): boolean {
  const unreadable = ['integer', 'number', 'uuid', 'hash', 'coded', 'ip', 'url'] as const
  return unreadable.reduce((sum, shape) => sum + sketch.share(shape), 0) < 0.5
}

type PackEntity = NonNullable<Pack['entities']>[string]

function composeEntity({ name, type, key, attributes }: ProposedEntity): [string, PackEntity] {
  const told = Object.fromEntries(attributes.map(({ name: as, field }) => [as, field.name.path]))
  return [
    name,
    {
      key: key.name.path,
      ...(attributes.length > 0 && { attributes: told }),
      ...(type !== name && { type }),
    },
  ]
}

function composeEdge({ from, type, to, when }: ProposedEdge): NonNullable<Pack['edges']>[number] {
  const edge = `${from} -${type}-> ${to}`
  if (!when) return edge
  return { edge, when: { [when.field.name.path]: 'is' in when ? when.is : { not: when.not } } }
}
