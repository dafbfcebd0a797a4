// From a pack to the plan that is run. A pack that `parsePack` let pass compiles; one that it would not have is a bug of
// the caller's.

import { assert } from '../base/assert.ts'
import { toUtf8 } from '../base/bytes.ts'
import type { Condition, Entity, InstalledPack, When } from '../contract/pack.ts'
import { attributesOf, keyPartsOf, parseEdge, parseFieldPath } from './field-path.ts'
import type { ArrayPlan, ConditionPlan, EdgePlan, EntityPlan, FieldRef, Plan, TextPlan } from './plan.ts'
import { templateOf } from './template.ts'

/** @param pack  as `parsePack` or a registry hands it out */
export function compilePack(pack: InstalledPack): Plan {
  const names = new Names()
  const entities = Object.entries(pack.entities ?? {}).map(([name, entity]) => names.entity(name, entity))
  const edges = (pack.edges ?? []).map(edge => {
    const told = typeof edge === 'string' ? { edge } : edge
    return names.edge(told, entities)
  })
  const text = pack.text === undefined ? [] : names.text(pack.text)
  return {
    pack: pack.pack,
    version: pack.version,
    fields: names.fields.list,
    arrays: names.arrays,
    types: names.types.list,
    edgeTypes: names.edgeTypes.list,
    attributeNames: names.attributeNames.list,
    entities,
    edges,
    text,
  }
}

/** Numbers names in the order in which they come. */
class Numbered {
  readonly list: string[] = []

  numberOf(name: string): number {
    const known = this.list.indexOf(name)
    return known >= 0 ? known : this.list.push(name) - 1
  }
}

class Names {
  readonly fields = new Numbered()
  readonly arrays: ArrayPlan[] = []
  readonly types = new Numbered()
  readonly edgeTypes = new Numbered()
  readonly attributeNames = new Numbered()

  entity(name: string, { key, type, attributes, when }: Entity): EntityPlan {
    const parts = keyPartsOf(key).map(({ field, isOptional }) => ({ field: this.field(field), isOptional }))
    const told = attributesOf(attributes).map(([attribute, field]) => ({
      name: this.attributeNames.numberOf(attribute),
      field: this.field(field),
    }))
    return {
      name,
      type: this.types.numberOf(type ?? name),
      array: Math.max(...[...parts, ...told].map(({ field }) => field.array)),
      key: parts,
      attributes: told,
      when: this.conditions(when),
    }
  }

  edge(
    { edge, when, weight }: { edge: string; when?: When | undefined; weight?: string | undefined },
    entities: readonly EntityPlan[],
  ): EdgePlan {
    const { from, type, to } = parseEdge(edge)
    const indexOf = (name: string) => entities.findIndex(entity => entity.name === name)
    assert(indexOf(from) >= 0 && indexOf(to) >= 0, 'an edge between entities that the pack has')
    return {
      type: this.edgeTypes.numberOf(type),
      from: indexOf(from),
      to: indexOf(to),
      when: this.conditions(when),
      weight: weight === undefined ? undefined : this.field(weight),
    }
  }

  text(template: string | readonly string[]): TextPlan[] {
    const pieces = templateOf(template)
    assert(typeof pieces !== 'string', 'a template that was checked')
    return pieces.map(piece => ({
      field: this.field(piece.field),
      before: toUtf8(piece.before),
      beforeFirst: toUtf8(piece.beforeFirst),
      after: toUtf8(piece.after),
      afterLast: toUtf8(piece.afterLast),
    }))
  }

  conditions(when: When = {}): ConditionPlan[] {
    return Object.entries(when).map(([field, condition]) => ({
      field: this.field(field),
      ...testOf(condition),
    }))
  }

  field(text: string): FieldRef {
    const field = parseFieldPath(text)
    assert(typeof field !== 'string', 'a path that was checked')
    if (field.array === undefined) return { array: -1, slot: this.fields.numberOf(field.path) }
    const slot = this.fields.numberOf(field.array)
    let array = this.arrays.findIndex(known => known.slot === slot)
    if (array < 0) array = this.arrays.push({ slot, fields: [] }) - 1
    const { fields } = this.arrays[array]!
    const known = fields.indexOf(field.path)
    return { array, slot: known >= 0 ? known : fields.push(field.path) - 1 }
  }
}

function testOf(condition: Condition): Pick<ConditionPlan, 'kind' | 'values'> {
  if (typeof condition !== 'object') return { kind: 'is', values: valuesOf(condition) }
  if (Array.isArray(condition)) return { kind: 'is', values: valuesOf(condition) }
  if ('not' in condition) return { kind: 'not', values: valuesOf(condition.not) }
  if ('prefix' in condition) return { kind: 'prefix', values: valuesOf(condition.prefix) }
  return { kind: condition.exists ? 'exists' : 'missing', values: [] }
}

function valuesOf(values: Scalar | readonly Scalar[]): Uint8Array[] {
  return [values].flat().map(value => toUtf8(String(value)))
}

type Scalar = string | number | boolean
