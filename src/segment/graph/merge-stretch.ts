// Walking over the things of a merged graph stretch by stretch, with what its inputs say of them: the maps tell which
// stretch of each input that is, so that columns are merged one after the other and never stand in memory as a whole.

import type { Kind, MergeInput } from './merge-input.ts'

/** Things that are merged at once. */
export const stretchThings = 8192
/** Numbers or bytes of lists that are merged at once, unless one list is longer: postings take 13 bytes a doc at most. */
const stretchNumbersMax = 1 << 20

/** Merged things [from, until), and of each input its things [first, end) that become some of them. */
export interface Stretch {
  from: number
  until: number
  ranges: { first: number; end: number }[]
}

/** @param count  of merged things */
export function* stretchesOf(inputs: readonly MergeInput[], kind: Kind, count: number): Generator<Stretch> {
  let ranges = inputs.map(() => ({ first: 0, end: 0 }))
  for (let from = 0; from < count; from += stretchThings) {
    const until = Math.min(count, from + stretchThings)
    ranges = inputs.map((input, i) => ({
      first: ranges[i]!.end,
      end: firstNotBelow(input.map[kind], until, ranges[i]!.end),
    }))
    yield { from, until, ranges }
  }
}

/** Calls `visit` for each thing of a stretch and each input that has it: things rising, inputs in log order. */
export function visitStretch(
  inputs: readonly MergeInput[],
  kind: Kind,
  { from, until, ranges }: Stretch,
  visit: (thing: number, input: number, index: number) => void,
): void {
  const next = ranges.map(({ first }) => first)
  for (let thing = from; thing < until; thing++) {
    for (let i = 0; i < inputs.length; i++) {
      const index = next[i]!
      if (index === ranges[i]!.end || inputs[i]!.map[kind][index] !== thing) continue
      visit(thing, i, index)
      next[i] = index + 1
    }
  }
}

/**
 * A stretch in pieces whose lists fit into memory.
 *
 * @param starts  of each input: where the lists of its range begin, and where the last ends
 */
export function* fittingStretches(
  inputs: readonly MergeInput[],
  kind: Kind,
  stretch: Stretch,
  starts: readonly ArrayLike<number>[],
): Generator<Stretch> {
  const bytes = new Float64Array(stretch.until - stretch.from)
  visitStretch(inputs, kind, stretch, (thing, i, index) => {
    const at = index - stretch.ranges[i]!.first
    bytes[thing - stretch.from]! += starts[i]![at + 1]! - starts[i]![at]!
  })
  let ends = stretch.ranges.map(({ first }) => first)
  for (let from = stretch.from; from < stretch.until; ) {
    let until = from + 1
    let sum = bytes[from - stretch.from]!
    while (until < stretch.until && (sum += bytes[until - stretch.from]!) <= stretchNumbersMax) until++
    const ranges = stretch.ranges.map(({ end }, i) => {
      const first = ends[i]!
      return { first, end: Math.min(end, firstNotBelow(inputs[i]!.map[kind], until, first)) }
    })
    yield { from, until, ranges }
    ends = ranges.map(({ end }) => end)
    from = until
  }
}

/** @param starts  [lists + 1]. @returns how many of the first lists fit into memory together, one at least if there is one */
export function fitting(starts: ArrayLike<number>): number {
  let count = Math.min(1, starts.length - 1)
  while (count + 1 < starts.length && starts[count + 1]! - starts[0]! <= stretchNumbersMax) count++
  return count
}

/** @returns the first index from `start` on whose number is not below `value` */
function firstNotBelow(numbers: Uint32Array, value: number, start: number): number {
  let low = start
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
