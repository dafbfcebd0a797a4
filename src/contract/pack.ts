// A pack: a domain file that says what events of a kind mention and what they say. It is data; `src/pack` reads it and
// makes a plan of it.

import { z } from 'zod'
import { slugSchema } from './envelope.ts'

/** Bytes of a pack as it is sent. */
export const packBytesMax = 256 * 1024
export const packEntitiesMax = 64
export const packEdgesMax = 256
/** Different fields that a pack may read. */
export const packFieldsMax = 512
const keyPartsMax = 8

/** A field of the event by its dotted path. `tags[]` means each element of an array of scalars, `commits[].author.email` each of an array of objects. */
export const fieldPathSchema = z.string().min(1, 'expected the dotted path of a field').max(256)

const scalarSchema = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected a text, a number, true or false',
})
const scalarsSchema = z.array(scalarSchema).min(1, 'expected at least one value')

const conditionSchema = z.union(
  [
    scalarSchema,
    scalarsSchema,
    z.strictObject({ exists: z.boolean() }),
    z.strictObject({ not: z.union([scalarSchema, scalarsSchema]) }),
    z.strictObject({ prefix: z.string().min(1) }),
  ],
  { error: 'expected a value, a list of values, {exists: true}, {not: …} or {prefix: …}' },
)
export type Condition = z.infer<typeof conditionSchema>

/** What must hold of an event: each named field is this value, one of these, or there at all. All of them must hold. */
export const whenSchema = z.record(fieldPathSchema, conditionSchema)
export type When = z.infer<typeof whenSchema>

/** `member`, `vip_group`: a letter first */
export const entityTypeSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    'expected lower-case letters, digits and _, at most 63, beginning with a letter',
  )

export const entitySchema = z.strictObject({
  /** one field, or several that are the key together; of several, one that ends in `?` may be missing */
  key: z.union([fieldPathSchema, z.array(fieldPathSchema).min(1).max(keyPartsMax)], {
    error: ({ input }) => (input === undefined ? 'is missing' : 'expected a field, or a list of fields'),
  }),
  /** fields that are told of it: a list, whose names are the last names of the paths, or `{name: field}` */
  attributes: z
    .union([z.array(fieldPathSchema).max(64), z.record(z.string().min(1).max(63), fieldPathSchema)], {
      error: 'expected a list of fields, or names with a field each',
    })
    .optional(),
  /** which type its nodes are of, where two entities of one type are mentioned: `sender` and `receiver` of type `user` */
  type: entityTypeSchema.optional(),
  when: whenSchema.optional(),
})
export type Entity = z.infer<typeof entitySchema>

/** `member -opened-> game` */
const edgeTextSchema = z
  .string()
  .regex(
    /^\s*[a-z][a-z0-9_]*\s+-[a-z][a-z0-9_]{0,62}->\s+[a-z][a-z0-9_]*\s*$/,
    'expected `entity -edge_type-> entity`, with a blank on both sides of the arrow',
  )

const edgeObjectSchema = z.strictObject({
  edge: edgeTextSchema,
  when: whenSchema.optional(),
  /** a numeric field that is added up; each event counts 1 without it */
  weight: fieldPathSchema.optional(),
})

const edgeSchema = z.union([edgeTextSchema, edgeObjectSchema], {
  error: 'expected `entity -edge_type-> entity`, or {edge: …, when: …, weight: …}',
})

/** Sections that later capabilities give a meaning. */
export const reservedSections: readonly string[] = [
  ...['contracts', 'layers', 'identity', 'sessions', 'windows', 'features', 'labels', 'models', 'recommend'],
  ...['automations', 'journeys', 'quality', 'privacy', 'retention', 'views', 'sources', 'sinks', 'lookups'],
]

const candidatesSchema = z.union([fieldPathSchema, z.array(fieldPathSchema).min(1).max(16)], {
  error: 'expected a field, or a list of fields of which the first that is there counts',
})

const envelopeSchema = z
  .strictObject({
    event_id: candidatesSchema,
    event_time: candidatesSchema,
    type: candidatesSchema,
    entity_id: candidatesSchema,
    source: candidatesSchema,
    schema_version: candidatesSchema,
  })
  .partial()

export const packSchema = z.strictObject({
  pack: slugSchema,
  /** rises with every change; what is installed never changes under its version */
  version: z.int('expected a whole number').positive('expected a number from 1').optional(),
  description: z.string().max(2000).optional(),
  envelope: envelopeSchema.optional(),
  entities: z.record(entityTypeSchema, entitySchema).optional(),
  edges: z.array(edgeSchema).max(packEdgesMax).optional(),
  /** `{user} edited {page}: {comment}`; what an event lacks leaves no trace. Or fields whose values are joined by a blank */
  text: z
    .union([z.string().min(1).max(4000), z.array(fieldPathSchema).min(1).max(64)], {
      error: 'expected a template such as `{user} edited {page}`, or a list of fields',
    })
    .optional(),
})
export type Pack = z.infer<typeof packSchema>

/** A pack as it was installed. */
export type InstalledPack = Pack & { version: number }

/** @returns names that an object at this place of a pack may have; undefined where any name may stand */
export function knownKeysAt(path: readonly PropertyKey[]): readonly string[] | undefined {
  const [section] = path
  if (path.length === 0) return Object.keys(packSchema.shape)
  if (section === 'envelope' && path.length === 1) return Object.keys(envelopeSchema.shape)
  if (section === 'entities' && path.length === 2) return Object.keys(entitySchema.shape)
  if (section === 'edges' && path.length === 2) return Object.keys(edgeObjectSchema.shape)
  if (path.at(-2) === 'when') return ['exists', 'not', 'prefix']
  return undefined
}
