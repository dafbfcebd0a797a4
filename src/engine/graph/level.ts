// The arrays of one level of a hierarchy, and the header by which wasm/graph/level.ts finds them: its fields in their order,
// a u32 each.

import type { Arena, Region } from '../arena.ts'
import type { Rows, Scratch } from './held.ts'

/** Where fields that are asked for lie in the header. */
export const headerWord = { spareCount: 22, moveCount: 23 }
const headerWords = 24

/** The arrays that serve every level, with room for the first one's nodes; `wasm/graph/level.ts` tells what they hold. */
export interface Layout {
  header: Region
  /** u32[nodeCount], the node of this level that a node of the first has become */
  membership: Region
  strengths: Region
  communities: Region
  states: Region
  sizes: Region
  touched: Region
  order: Region
  queue: Region
  isQueued: Region
  spare: Region
  parts: Region
  partStates: Region
  partSizes: Region
  random: Region
  /** f64[nodeCount], the strengths of the next level while it is made */
  nextStrengths: Region
}

/** Takes 101 bytes a node. */
export function layOut(scratch: Scratch, nodeCount: number): Layout {
  return {
    header: scratch.words('level', headerWords),
    membership: scratch.words('membership', nodeCount),
    strengths: scratch.reals('strengths', nodeCount),
    communities: scratch.words('communities', nodeCount),
    states: scratch.bytes('community states', nodeCount * 16),
    sizes: scratch.words('community sizes', nodeCount),
    // one more than groups, since the kernel writes before it knows whether to keep
    touched: scratch.words('touched', nodeCount + 1),
    order: scratch.words('order', nodeCount),
    // one more than nodes, so that behind a full queue there is a place to write to
    queue: scratch.words('queue', nodeCount + 1),
    isQueued: scratch.bytes('is queued', nodeCount),
    // one more than nodes, since it also holds where groups start and end
    spare: scratch.words('spare', nodeCount + 1),
    parts: scratch.words('parts', nodeCount),
    partStates: scratch.bytes('part states', nodeCount * 32),
    partSizes: scratch.words('part sizes', nodeCount),
    random: scratch.bytes('random', 16),
    nextStrengths: scratch.reals('next strengths', nodeCount),
  }
}

/** @param inner  where the edges within communities are gathered */
export function writeHeader(
  arena: Arena,
  layout: Layout,
  { nodeCount, rows, inner }: { nodeCount: number; rows: Rows; inner: Rows },
): void {
  const { header, strengths, communities, states, sizes, touched, order, queue, isQueued } = layout
  const { spare, parts, partStates, partSizes, random } = layout
  const moving = [strengths, communities, states, sizes, touched, order, queue, isQueued, spare]
  const refining = [parts, partStates, partSizes]
  const pointers = [...moving, ...refining].map(({ at }) => at)
  arena.u32(header).set([nodeCount, ...placesOf(rows), ...pointers, ...placesOf(inner), random.at])
}

function placesOf({ starts, targets, weights }: Rows): number[] {
  return [starts, targets, weights]
}
