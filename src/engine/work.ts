// Long work is a generator: it does a chunk, says how far it is, and lets its caller decide when to go on. That keeps
// other requests alive on the same thread, and lets V8 tier a kernel up, which it never does within a call that runs.

export interface Progress {
  /** what is being done now, as a person would say it: `assign`, `move nodes` */
  step: string
  /** 0..1, never falling within a step */
  share: number
}

export type Work<Result> = Generator<Progress, Result>

/** Does all of the work now. */
export function finish<Result>(work: Work<Result>): Result {
  let next = work.next()
  while (!next.done) next = work.next()
  return next.value
}

/**
 * Does the work chunk by chunk, with a pause between chunks.
 *
 * @param options.pause       resolves when the thread may go on, such as after other requests have had their turn
 * @param options.onProgress  told after each chunk
 * @param options.signal      aborts between two chunks; the work's own `finally` runs
 * @throws the signal's reason
 */
export async function finishInTurns<Result>(
  work: Work<Result>,
  options: { pause: () => Promise<void>; onProgress?: (progress: Progress) => void; signal?: AbortSignal },
): Promise<Result> {
  try {
    let next = work.next()
    while (!next.done) {
      options.onProgress?.(next.value)
      await options.pause()
      options.signal?.throwIfAborted()
      next = work.next()
    }
    return next.value
  } finally {
    // a generator that has returned ignores this; one that was left midway lets go of its memory
    work.return(undefined as Result)
  }
}
