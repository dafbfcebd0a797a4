// NDJSON text on its way out of a file, and where in it reading may go on.

export interface Position {
  row: number
  /** offset of that row in the text, where the text can be entered there */
  offset: number | undefined
}

export interface Text {
  chunks: AsyncIterable<Uint8Array>
  firstRow: number
  firstOffset: number
  /** whether reading may begin in the middle, at the offset of a row */
  seekable: boolean
  /** bytes of the file that have been read so far, for the progress bar */
  bytesRead(): number
}
