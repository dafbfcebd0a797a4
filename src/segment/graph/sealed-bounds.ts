// Where what belongs to a node or an edge lies in another section: two neighbouring numbers of a column of starts.

import type { PagedSection } from './pages.ts'

/** @throws CorruptPart */
export async function boundsOf(
  starts: PagedSection<'u32'> | PagedSection<'f64'>,
  things: ArrayLike<number>,
): Promise<{ from: Float64Array; until: Float64Array }> {
  const next = new Float64Array(things.length)
  for (let i = 0; i < things.length; i++) next[i] = things[i]! + 2
  const pairs = await starts.stretches({ from: things, until: next })
  const from = new Float64Array(things.length)
  const until = new Float64Array(things.length)
  for (let i = 0; i < things.length; i++) {
    from[i] = pairs[2 * i]!
    until[i] = pairs[2 * i + 1]!
  }
  return { from, until }
}

/** Offsets of stretches that were read one behind the other. */
export function offsetsOf({ from, until }: { from: Float64Array; until: Float64Array }): Uint32Array {
  const offsets = new Uint32Array(from.length + 1)
  for (let i = 0; i < from.length; i++) offsets[i + 1] = offsets[i]! + until[i]! - from[i]!
  return offsets
}
