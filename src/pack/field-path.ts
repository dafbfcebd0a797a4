// The path of a field as a pack names it: `user.name`, `tags[]`, `commits[].author.email`. One array at most lies on the
// way, so that an event has one list of elements for it and not a list of lists.

export interface FieldPath {
  /** path of the array that the field is an element of, or lies in the elements of; undefined for a field of the event */
  array: string | undefined
  /** within the event, or within an element, where '' is the element itself */
  path: string
}

/** @returns the path, or what is wrong with it as a sentence */
export function parseFieldPath(text: string): FieldPath | string {
  const [first = '', ...rest] = text.split('[]')
  if (rest.length > 1) return `"${text}" goes through two arrays; one [] is understood`
  const [inner] = rest
  if (inner !== undefined && inner !== '' && !inner.startsWith('.'))
    return `"${text}": expected a dot or the end behind []`
  const path = inner === undefined ? first : inner.slice(1)
  const names =
    inner === undefined || inner === '' ? first.split('.') : [...first.split('.'), ...path.split('.')]
  if (names.includes('')) return `"${text}" has an empty name in it`
  if (/[[\]{}]/.test(first + path)) return `"${text}": brackets stand only as [] behind the name of an array`
  return { array: inner === undefined ? undefined : first, path }
}

export interface KeyPart {
  field: string
  isOptional: boolean
}

/** Parts of a key; of a composite one, those that end in `?` may be missing. */
export function keyPartsOf(key: string | readonly string[]): KeyPart[] {
  if (typeof key === 'string') return [{ field: key, isOptional: false }]
  return key.map(part =>
    key.length > 1 && part.endsWith('?')
      ? { field: part.slice(0, -1), isOptional: true }
      : { field: part, isOptional: false },
  )
}

/** Attributes as `[name, field]`; one of a list is named by the last name of its path. */
export function attributesOf(
  attributes: readonly string[] | Readonly<Record<string, string>> = [],
): [string, string][] {
  if (!Array.isArray(attributes)) return Object.entries(attributes)
  return (attributes as readonly string[]).map(field => [
    field.slice(field.lastIndexOf('.') + 1).replace('[]', ''),
    field,
  ])
}

/** `member -opened-> game`, taken apart. */
export function parseEdge(text: string): { from: string; type: string; to: string } {
  const [from, type, to] = text.trim().split(/\s+-|->\s+/) as [string, string, string]
  return { from, type, to }
}
