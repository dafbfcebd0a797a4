// Many texts as the columns of Arrow and Parquet have them: all bytes in one array, and where each text begins.

/** Text i is data[offsets[i], offsets[i + 1]), in UTF-8. */
export interface TextColumn {
  data: Uint8Array
  /** [texts + 1], rising, none past the data's end */
  offsets: Int32Array | Uint32Array
}

export function textCountOf({ offsets }: TextColumn): number {
  return offsets.length - 1
}

const encoder = new TextEncoder()
/** A unit of UTF-16 takes three bytes of UTF-8 at most. */
const unitBytesMax = 3

/** Strings as a column. A surrogate without its other half becomes U+FFFD. */
export function textColumn(texts: readonly string[]): TextColumn {
  const offsets = new Uint32Array(texts.length + 1)
  const data = new Uint8Array(unitBytesMax * texts.reduce((sum, text) => sum + text.length, 0))
  let at = 0
  for (const [i, text] of texts.entries()) {
    at += encoder.encodeInto(text, data.subarray(at)).written
    offsets[i + 1] = at
  }
  return { data: data.subarray(0, at), offsets }
}
