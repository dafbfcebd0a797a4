// Several ids parts as one, byte for byte what writing all their entries at once would give. The inputs are read twice,
// since the filter and the fences stand before the pages: once to make those, once to write the pages. In memory are the
// heads, which are below 2 bytes an entry, and a stretch of pages of each input.

import { assert } from '../base/assert.ts'
import {
  encodePages,
  entriesPerPage,
  IdsHead,
  type IdsIndex,
  openIds,
  type ReadRange,
  readEntries,
} from './ids.ts'
import { copyEntry, entryWords, isBefore } from './ids-sort.ts'

/** Pages that are read or written at once. */
export const stretchPages = 64

/** @throws CorruptIds, here or while it is read */
export async function* mergeIds(keys: readonly string[], read: ReadRange): AsyncGenerator<Uint8Array> {
  const indexes = await Promise.all(keys.map(key => openIds(key, read)))
  const head = new IdsHead(indexes.reduce((sum, { entryCount }) => sum + entryCount, 0))
  for await (const entries of mergedEntries(indexes, read)) head.add(entries)
  yield* head.encoded()
  for await (const entries of mergedEntries(indexes, read)) yield encodePages(entries)
}

/** All entries, rising, in stretches of whole pages. A stretch is overwritten by the next. */
async function* mergedEntries(indexes: readonly IdsIndex[], read: ReadRange): AsyncGenerator<Uint32Array> {
  const stretch = new Uint32Array(stretchPages * entriesPerPage * entryWords)
  const runs = indexes.map(index => new Run(index, read))
  await Promise.all(runs.map(run => run.refill()))
  let live = runs.filter(run => !run.isEmpty)
  let filled = 0
  while (live.length > 0) {
    filled = takeLeast(live, stretch, filled)
    if (filled === stretch.length) {
      yield stretch
      filled = 0
    }
    for (const run of live) if (run.isEmpty) await run.refill()
    live = live.filter(run => !run.isEmpty)
  }
  if (filled > 0) yield stretch.subarray(0, filled)
}

/** One input: the entries that are in memory, and where the next ones are. */
class Run {
  entries: Uint32Array = new Uint32Array(0)
  /** word of the least entry that is not taken yet */
  at = 0
  readonly #index: IdsIndex
  readonly #read: ReadRange
  #nextPage = 0
  #entryCount = 0

  constructor(index: IdsIndex, read: ReadRange) {
    this.#index = index
    this.#read = read
  }

  get isEmpty(): boolean {
    return this.at === this.entries.length
  }

  /** Still empty afterwards when that was all. */
  async refill(): Promise<void> {
    const { fences, entryCount } = this.#index
    const first = this.#nextPage
    const until = Math.min(fences.length, first + stretchPages)
    if (first === until) {
      assert(this.#entryCount === entryCount, 'as many entries in the pages as the head says')
      return
    }
    this.entries = await readEntries(this.#index, { first, until }, this.#read)
    this.at = 0
    this.#nextPage = until
    this.#entryCount += this.entries.length / entryWords
  }
}

/** Takes the least entry of all runs, again and again, until a run is empty or `out` is full. @returns the end in `out` */
function takeLeast(runs: readonly Run[], out: Uint32Array, filled: number): number {
  while (filled < out.length) {
    let least = runs[0]!
    for (let i = 1; i < runs.length; i++) {
      const run = runs[i]!
      if (isBefore(run.entries, run.at, least.entries, least.at)) least = run
    }
    copyEntry(least.entries, least.at, out, filled)
    least.at += entryWords
    filled += entryWords
    if (least.isEmpty) break
  }
  return filled
}
