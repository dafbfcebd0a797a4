// Which events count: conditions over their fields, as search takes them.

import { z } from 'zod'
import { fieldPathSchema } from './pack.ts'

const scalarSchema = z.union([z.string(), z.number(), z.boolean()])
const boundSchema = z.union([z.string(), z.number()])
const latitude = z.number().min(-90).max(90)
const longitude = z.number().min(-180).max(180)
const pointSchema = z.strictObject({ lat: latitude, lon: longitude })

/** One condition on one field. `key` is its dotted path, or an envelope field such as `type`. */
export const conditionSchema = z
  .strictObject({
    key: fieldPathSchema,
    match: scalarSchema,
    in: z.array(scalarSchema).min(1).max(1024),
    range: z.strictObject({ gt: boundSchema, gte: boundSchema, lt: boundSchema, lte: boundSchema }).partial(),
    exists: z.boolean(),
    prefix: z.string().min(1).max(256),
    /** the field holds `lat` and `lon` */
    geo_box: z.strictObject({ top_left: pointSchema, bottom_right: pointSchema }),
    geo_radius: z.strictObject({ center: pointSchema, radius_m: z.number().positive().max(20_100_000) }),
  })
  .partial()
  .required({ key: true })
  .refine(condition => Object.keys(condition).length === 2, {
    message: 'expected `key` and exactly one of match, in, range, exists, prefix, geo_box, geo_radius',
  })
export type Condition = z.infer<typeof conditionSchema>

const conditionsSchema = z.array(conditionSchema).max(64)

/** All of `must`, none of `must_not`, and at least one of `should` where there are any. */
export const filterSchema = z
  .strictObject({ must: conditionsSchema, should: conditionsSchema, must_not: conditionsSchema })
  .partial()
export type Filter = z.infer<typeof filterSchema>
