// A field as the proposals see it: its number, what is known of its values, what its name says, and the role it was given.

import type { FieldName } from './field-name.ts'
import type { FieldSketch } from './field-sketch.ts'
import type { Role } from './judge.ts'

export interface Field {
  /** index among the fields, which is its column in the window */
  number: number
  sketch: FieldSketch
  name: FieldName
  role: Role
  why: string[]
}

export interface ProposedEntity {
  /** by which edges call it */
  name: string
  type: string
  /** what its fields have in common, by which it is known again at the next decision */
  holder: string
  key: Field
  attributes: { name: string; field: Field }[]
  why: string
}

export interface ProposedEdge {
  from: string
  type: string
  to: string
  /** the field whose value must be this one, or none of these */
  when?: { field: Field; is: string } | { field: Field; not: string[] }
  why: string
}

export interface Proposal {
  entities: ProposedEntity[]
  edges: ProposedEdge[]
  text: Field[]
}

export const nothingProposed: Proposal = { entities: [], edges: [], text: [] }
