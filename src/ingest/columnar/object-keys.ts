// The keys of a JSON object, encoded once and copied into every row.

import { Malformed } from './malformed.ts'

/**
 * @param names  of the fields, in schema order
 * @returns for each field what stands before its value: `{"a":` for the first, `,"b":` for the others
 * @throws Malformed when two fields have the same name: one of the values would be lost to most readers of JSON
 */
export function objectKeys(names: readonly string[]): Uint8Array[] {
  const seen = new Set<string>()
  return names.map((name, index) => {
    if (seen.has(name)) {
      throw new Malformed(
        `two columns are named ${JSON.stringify(name)}`,
        'Rename one of them and send the file again.',
      )
    }
    seen.add(name)
    return new TextEncoder().encode(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  })
}

/** The fewest bytes a row of these keys can take: each value is one digit at least, then `}` and a line end. */
export function rowBytesMin(keys: readonly Uint8Array[]): number {
  return keys.reduce((bytes, key) => bytes + key.length + 1, 2)
}
