// What was decided and why, for somebody to read: the evidence on each field, and a sentence on each decision.

import type { InstalledPack } from '../../contract/pack.ts'
import type { Field, Proposal } from './field.ts'
import type { Role } from './judge.ts'
import { type Shape, shapes } from './value-shape.ts'

export interface Explanation {
  events: number
  /** events that were looked at */
  events_sampled: number
  pack: InstalledPack
  fields: FieldExplanation[]
  entities: { name: string; type: string; key: string; attributes: Record<string, string>; why: string }[]
  edges: { edge: string; why: string }[]
  text: string[]
}

export interface FieldExplanation {
  field: string
  role: Role
  why: string
  /** share of the events looked at that have it */
  present: number
  distinct: number
  /** values for each distinct one */
  repetition: number
  bytes_mean: number
  /** what its name suggests, and how clearly: 0 not at all, 3 clearly */
  name_suggests: string | null
  name_score: number
  /** shares of its values that look like this */
  patterns: Partial<Record<Shape, number>>
  examples: string[]
}

const examplesMax = 3

export function explain(
  fields: readonly Field[],
  { entities, edges, text }: Proposal,
  { eventCount, rowCount, pack }: { eventCount: number; rowCount: number; pack: InstalledPack },
): Explanation {
  return {
    events: eventCount,
    events_sampled: rowCount,
    pack,
    fields: fields.map(field => explainField(field, rowCount)),
    entities: entities.map(({ name, type, key, attributes, why }) => ({
      name,
      type,
      key: key.name.path,
      attributes: Object.fromEntries(attributes.map(told => [told.name, told.field.name.path])),
      why,
    })),
    edges: edges.map(({ from, type, to, why }) => ({ edge: `${from} -${type}-> ${to}`, why })),
    text: text.map(({ name }) => name.path),
  }
}

function explainField({ sketch, name, role, why }: Field, rowCount: number): FieldExplanation {
  const { counts, sample } = sketch
  const patterns = shapes.map(shape => [shape, rounded(sketch.share(shape))] as const)
  return {
    field: name.path,
    role,
    why: `${name.path} is ${titles[role]}: ${why.join('; ')}.`,
    present: rounded(counts.rows / Math.max(1, rowCount)),
    distinct: sample.distinct,
    repetition: rounded(counts.values / Math.max(1, sample.distinct)),
    bytes_mean: rounded(counts.bytes / Math.max(1, counts.values)),
    name_suggests: name.role ?? null,
    name_score: name.points,
    patterns: Object.fromEntries(patterns.filter(([, share]) => share > 0)),
    examples: sketch.firstValues.slice(0, examplesMax),
  }
}

const titles: Record<Role, string> = {
  identity: 'an identity',
  category: 'a category',
  measure: 'a measure',
  text: 'free text',
  time: 'a time',
  flag: 'a flag',
  constant: 'a constant',
  unique: "an event's own",
  link: 'a link',
  unknown: 'not known yet',
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
