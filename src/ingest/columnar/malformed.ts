// What is wrong with a columnar body. Thrown only inside the decoder, where a fault may lie many levels deep in a page;
// decode.ts turns it into the one answer that the producer gets.

export class Malformed extends Error {
  override name = 'Malformed'
  /** what the producer can do about it, when that is not simply to send the file again */
  readonly advice: string | undefined

  constructor(what: string, advice?: string) {
    super(what)
    this.advice = advice
  }
}

/** Runs a part of the decoding and says where it was when it fails. */
export function inPlace<T>(place: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw placed(place, error)
  }
}

/**
 * A fault with its place before it. Reads past the end of a buffer and sizes that no buffer can have surface as
 * RangeErrors of DataView and the typed arrays: those are the body's fault too. Anything else stays what it is.
 */
export function placed(place: string, error: unknown): unknown {
  if (error instanceof Malformed) return new Malformed(`${place}: ${error.message}`, error.advice)
  if (error instanceof RangeError)
    return new Malformed(`${place}: the bytes end early or name an impossible size`)
  return error
}
