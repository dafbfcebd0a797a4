// A part of vectors that is made as a whole, with the graph that a merge would give it: a run that waited for its vectors
// may have been merged before, and would else be searched row by row from then on.

import { concat } from '../../base/bytes.ts'
import { graphRowsMin, mergeVectors } from './merge-vectors.ts'

/**
 * @param pieces  as `writeVectors` makes them
 * @returns the same where it is too small for a graph
 */
export async function withGraph(
  pieces: Uint8Array[],
  { textCount, module }: { textCount: number; module: WebAssembly.Module },
): Promise<Uint8Array[]> {
  if (textCount < graphRowsMin) return pieces
  const flat = concat(pieces)
  const file = {
    byteLength: flat.length,
    slice: async (start: number, end = flat.length) => flat.slice(start, end).buffer,
  }
  const remap = Uint32Array.from({ length: textCount }, (_, text) => text)
  const graphed: Uint8Array[] = []
  // a piece may lie in a memory that the next one is made in
  for await (const piece of mergeVectors([{ file, remap }], { textCount, module }))
    graphed.push(piece.slice())
  return graphed
}
