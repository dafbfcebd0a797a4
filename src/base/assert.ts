// Our own faults. An assertion that fails is a bug in Alluvium, never a producer's mistake and never the world's:
// those are values and store errors.

export class AssertionError extends Error {
  override name = 'AssertionError'
}

/** @throws AssertionError when `condition` does not hold */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}
