// Columns of a merged graph made of those of its inputs, piece by piece: columns of one number a thing, and columns of lists
// with the starts behind them.

import type { GrowingF64, GrowingU32 } from './growing.ts'
import { type GraphColumn, type GraphSection, graphSections } from './layout.ts'
import type { Kind, MergeInput } from './merge-input.ts'
import { fittingStretches, stretchesOf, stretchThings, visitStretch } from './merge-stretch.ts'

export interface Things {
  inputs: readonly MergeInput[]
  kind: Kind
  /** of merged things */
  count: number
}

export interface ColumnMerge {
  /** what an input's number is in the merged graph; itself unless told */
  value?: (number: number, input: MergeInput) => number
  /** what two inputs say together; what the first says unless told */
  fold?: (left: number, right: number) => number
  /** whether that thing of an input has a say; it has unless told */
  counts?: (input: MergeInput, index: number) => boolean
}

/** @throws CorruptPart */
export async function* mergeColumn(
  things: Things,
  section: GraphSection,
  { value = number => number, fold = left => left, counts = () => true }: ColumnMerge = {},
): AsyncGenerator<Uint8Array> {
  const { inputs, kind, count } = things
  for (const stretch of stretchesOf(inputs, kind, count)) {
    const { from, until, ranges } = stretch
    const columns = await Promise.all(
      inputs.map((input, i) => input.read(section, ranges[i]!.first, ranges[i]!.end)),
    )
    const merged = new arrays[graphSections[section]](until - from)
    const isFilled = new Uint8Array(until - from)
    visitStretch(inputs, kind, stretch, (thing, i, index) => {
      const input = inputs[i]!
      if (!counts(input, index)) return
      const number = value(columns[i]![index - ranges[i]!.first]!, input)
      merged[thing - from] = isFilled[thing - from] ? fold(merged[thing - from]!, number) : number
      isFilled[thing - from] = 1
    })
    yield bytesOf(merged)
  }
}

/** One input's part of a list. */
export interface ListPart<S extends GraphSection> {
  input: MergeInput
  list: GraphColumn<S>
  /** the input's number in the column that was asked for beside, else 0 */
  beside: number
  /** of the thing, in the input */
  index: number
}

export interface ListSink<S extends GraphSection> {
  /** of what was not taken yet */
  readonly length: number
  take(): GraphColumn<S>
}

export interface ListMerge<S extends GraphSection> {
  lists: S
  starts: GraphSection
  sink: ListSink<S>
  /** a column of one number a thing that `join` has to know */
  beside?: GraphSection
  /** Writes what the parts of a thing, in log order, are together. */
  join: (parts: readonly ListPart<S>[]) => void
}

/** @returns pieces of the lists. The starts are those of `startsOut` afterwards. @throws CorruptPart */
export async function* mergeLists<S extends GraphSection>(
  { inputs, kind, count }: Things,
  { lists, starts, sink, beside, join }: ListMerge<S>,
  startsOut: GrowingF64 | GrowingU32,
): AsyncGenerator<Uint8Array> {
  let written = 0
  startsOut.push(0)
  for (const stretch of stretchesOf(inputs, kind, count)) {
    const theirs = await Promise.all(
      inputs.map((input, i) => input.read(starts, stretch.ranges[i]!.first, stretch.ranges[i]!.end + 1)),
    )
    const besides = await Promise.all(
      inputs.map((input, i) =>
        beside ? input.read(beside, stretch.ranges[i]!.first, stretch.ranges[i]!.end) : [],
      ),
    )
    for (const piece of fittingStretches(inputs, kind, stretch, theirs)) {
      const startOf = (i: number, index: number) => theirs[i]![index - stretch.ranges[i]!.first]!
      const columns = await Promise.all(
        inputs.map((input, i) => {
          const { first, end } = piece.ranges[i]!
          return input.read(lists, startOf(i, first), startOf(i, end))
        }),
      )
      const parts: ListPart<S>[] = []
      let current = piece.from
      const finish = () => {
        join(parts)
        parts.length = 0
        startsOut.push(written + sink.length)
      }
      visitStretch(inputs, kind, piece, (thing, i, index) => {
        if (thing !== current) {
          finish()
          current = thing
        }
        const base = startOf(i, piece.ranges[i]!.first)
        const list = columns[i]!.subarray(startOf(i, index) - base, startOf(i, index + 1) - base)
        const number = besides[i]![index - stretch.ranges[i]!.first] ?? 0
        parts.push({ input: inputs[i]!, index, beside: number, list: list as GraphColumn<S> })
      })
      finish()
      written += sink.length
      yield bytesOf(sink.take())
    }
  }
}

/** Starts of lists whose lengths are at hand. */
export function* startsOfLengths(lengths: Uint32Array): Generator<Uint8Array> {
  let at = 0
  for (let from = 0; from <= lengths.length; from += stretchThings) {
    const until = Math.min(lengths.length + 1, from + stretchThings)
    const starts = new Uint32Array(until - from)
    for (let i = from; i < until; i++) {
      starts[i - from] = at
      at += lengths[i] ?? 0
    }
    yield bytesOf(starts)
  }
}

const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array } as const

export function bytesOf(numbers: Uint8Array | Uint16Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}
