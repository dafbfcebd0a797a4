// Several rising sequences as one, a stretch of each in memory.

/** One sequence: items [at, end) of the stretch that is in memory are still to be taken. */
export interface Cursor {
  at: number
  end: number
  /** The next stretch; at === end afterwards when that was all. */
  refill(): Promise<void>
}

/**
 * Hands the items of all cursors to `take`, the least first; of equal ones that of the earlier cursor. It pauses where
 * stretches have to be read, so that what was taken can be handed on.
 */
export async function* leastFirst<C extends Cursor>(
  cursors: readonly C[],
  compare: (left: C, right: C) => number,
  take: (cursor: C) => void,
): AsyncGenerator<void> {
  await Promise.all(cursors.map(cursor => cursor.refill()))
  let live = cursors.filter(({ at, end }) => at < end)
  while (live.length > 0) {
    takeUntilEmpty(live, compare, take)
    yield
    for (const cursor of live) if (cursor.at === cursor.end) await cursor.refill()
    live = live.filter(({ at, end }) => at < end)
  }
}

function takeUntilEmpty<C extends Cursor>(
  live: readonly C[],
  compare: (left: C, right: C) => number,
  take: (cursor: C) => void,
): void {
  for (;;) {
    let least = live[0]!
    for (let i = 1; i < live.length; i++) if (compare(live[i]!, least) < 0) least = live[i]!
    take(least)
    if (++least.at === least.end) return
  }
}
