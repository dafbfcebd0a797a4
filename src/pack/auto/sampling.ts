// Which events are looked at: all while the stream is young, then fewer and fewer. It depends on nothing but how many events
// came before, so that batches of any size look at the same ones.

/** Events until which each one is looked at, and until which each 16th. */
const youngEvents = 4096
const settlingEvents = 65_536
const settlingStep = 16
const settledStep = 64

/** @param position  how many events came before it */
export function isSampled(position: number): boolean {
  if (position < youngEvents) return true
  return position % (position < settlingEvents ? settlingStep : settledStep) === 0
}

/** Powers of ten, and one where they begin: when all roles are weighed anew. */
export function nextDecision(eventCount: number): number {
  let at = 1
  while (at <= eventCount) at *= 10
  return at
}

/** A new field is judged at once, unless a decision was taken within this share of all events. */
export const freshPause = 1 / 64
