// Terms in the order of their bytes. Four bytes of a term and its id are one exact number of 53 bits, so that the runtime's
// own sort of numbers does the work, again and again among those that begin alike.

import { assert } from '../../base/assert.ts'
import type { ByteTable } from '../../base/byte-table.ts'

/** Terms of an open run: 32 bits of a term leave 21 for its id. */
const openTermsMax = 2 ** 21

/** Ids of terms that hold no NUL. */
export function sortedTerms(terms: ByteTable): Uint32Array {
  assert(terms.count <= openTermsMax, 'no more terms than can be told apart')
  const ids = Uint32Array.from({ length: terms.count }, (_, id) => id)
  sortFrom(terms, ids, 0)
  return ids
}

/** Sorts terms that are alike in their first `depth` bytes. */
function sortFrom(terms: ByteTable, ids: Uint32Array, depth: number): void {
  const keys = new Float64Array(ids.length)
  for (let i = 0; i < ids.length; i++) {
    const bytes = terms.at(ids[i]!)
    let head = 0
    for (let at = depth; at < depth + 4; at++) head = head * 256 + (bytes[at] ?? 0)
    keys[i] = head * openTermsMax + ids[i]!
  }
  keys.sort()
  for (let i = 0; i < ids.length; i++) ids[i] = keys[i]! % openTermsMax
  for (let start = 0; start < ids.length; ) {
    const head = Math.floor(keys[start]! / openTermsMax)
    let end = start + 1
    while (end < ids.length && Math.floor(keys[end]! / openTermsMax) === head) end++
    if (end - start > 1) sortFrom(terms, ids.subarray(start, end), depth + 4)
    start = end
  }
}
