// JSON Schema as people read it: a field a line, its type, what it means, and the fields inside it.

import { html, inline, type Markup } from './markup.ts'

/** The parts of JSON Schema 2020-12 that our contract uses. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  description?: string
  format?: string
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  example?: unknown
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  required?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  anyOf?: Schema[]
}

/** A type in a few words, such as `array of Event` or `string, date-time`. */
export function typeOf(schema: Schema): Markup {
  if (schema.$ref) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return html`<a href="#schema-${name}">${name}</a>`
  }
  if (schema.enum) return html`${schema.enum.map(value => JSON.stringify(value)).join(' | ')}`
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`
  if (schema.anyOf) return html`${schema.anyOf.map((one, i) => html`${i > 0 ? ' | ' : ''}${typeOf(one)}`)}`
  if (schema.items) return html`array of ${typeOf(schema.items)}`
  const name = [schema.type ?? 'any'].flat().join(' | ')
  if (typeof schema.additionalProperties === 'object')
    return html`${name} of ${typeOf(schema.additionalProperties)}`
  return html`${schema.format ? `${name}, ${schema.format}` : name}`
}

/** The bounds and the default of a value, in words. */
export function boundsOf(schema: Schema): string {
  const bounds: [string, unknown][] = [
    ['default', schema.default],
    ['from', schema.minimum],
    ['to', schema.maximum],
    ['at least', schema.minLength],
    ['at most', schema.maxLength],
  ]
  return bounds
    .filter(([, value]) => value !== undefined)
    .map(([word, value]) => `${word} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}

/** The fields of an object, and of the objects in it. */
export function shapeOf(schema: Schema): Markup {
  const inner = schema.items ?? schema
  if (!inner.properties) return html``
  const required = new Set(inner.required)
  return html`<ul class="shape">${Object.entries(inner.properties).map(([name, field]) => fieldOf(name, field, required.has(name)))}</ul>`
}

function fieldOf(name: string, field: Schema, isRequired: boolean): Markup {
  const bounds = boundsOf(field)
  return html`<li><code>${name}</code> <span class="type">${typeOf(field)}${bounds ? `; ${bounds}` : ''}</span>
${isRequired ? '' : html`<span class="type">optional</span>`}
${field.description ? inline(field.description) : ''}${shapeOf(field)}</li>`
}
