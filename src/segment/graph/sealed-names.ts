// Names of nodes of a `graph` part, and where a name stands among them.

import type { TextColumn } from '../../base/text-column.ts'
import type { GraphFile } from './graph-file.ts'
import { compareNames, nameAt } from './name.ts'
import { boundsOf, offsetsOf } from './sealed-bounds.ts'

/** @throws CorruptPart */
export async function namesOf({ pages }: GraphFile, nodes: ArrayLike<number>): Promise<TextColumn> {
  const { from, until } = await boundsOf(pages.nodeNameAt, nodes)
  const data = await pages.nodeNames.stretches({ from, until })
  return { data, offsets: offsetsOf({ from, until }) }
}

/** @returns the first node whose name lies at or behind it. @throws CorruptPart */
export async function nodeAtOrBehind(file: GraphFile, name: Uint8Array): Promise<number> {
  let low = 0
  let high = file.nodeCount
  while (low < high) {
    const middle = (low + high) >>> 1
    const theirs = nameAt(await namesOf(file, [middle]), 0)
    if (compareNames(theirs, name) < 0) low = middle + 1
    else high = middle
  }
  return low
}
