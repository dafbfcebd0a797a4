// A plan: a pack made ready to be run over tapes. Names are numbers, texts are bytes, and what several rules read is
// read once. Plain data, so that it travels between threads as it is.

/** A field that rules read: its number among the fields of the event, or of the elements of an array. */
export interface FieldRef {
  /** index into `Plan.arrays`, -1 for a field of the event */
  array: number
  /** index into `Plan.fields`, or into the array's */
  slot: number
}

export interface ArrayPlan {
  /** of the array itself: index into `Plan.fields` */
  slot: number
  /** within its elements; '' is the element itself */
  fields: string[]
}

export interface ConditionPlan {
  field: FieldRef
  kind: 'is' | 'not' | 'prefix' | 'exists' | 'missing'
  /** in UTF-8; none where `kind` asks for nothing but whether there is a value */
  values: Uint8Array[]
}

export interface EntityPlan {
  name: string
  /** index into `Plan.types` */
  type: number
  /** the array whose elements are an entity each, -1 where the event is about one */
  array: number
  key: { field: FieldRef; isOptional: boolean }[]
  /** `name` is an index into `Plan.attributeNames` */
  attributes: { name: number; field: FieldRef }[]
  when: ConditionPlan[]
}

export interface EdgePlan {
  /** index into `Plan.edgeTypes` */
  type: number
  /** indexes into `Plan.entities` */
  from: number
  to: number
  when: ConditionPlan[]
  /** undefined where each event counts 1 */
  weight: FieldRef | undefined
}

/** A field of the text with what stands around it, see template.ts. In UTF-8. */
export interface TextPlan {
  field: FieldRef
  before: Uint8Array
  beforeFirst: Uint8Array
  after: Uint8Array
  afterLast: Uint8Array
}

export interface Plan {
  pack: string
  version: number
  /** paths of the event */
  fields: string[]
  arrays: ArrayPlan[]
  types: string[]
  edgeTypes: string[]
  attributeNames: string[]
  entities: EntityPlan[]
  edges: EdgePlan[]
  text: TextPlan[]
}
