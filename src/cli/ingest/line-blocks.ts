// A stream of NDJSON becomes blocks of whole lines, each small enough for one request. Where a block ends depends on
// the bytes alone, never on how they arrived, so that a second run cuts as the first did. Blank lines are left out:
// a row is a line that holds something, here as in the service, and its number is half of a derived id.

export interface Block {
  body: Uint8Array
  /** row number of the first line in the file */
  firstRow: number
  rowCount: number
  /** offset in the text right behind the block */
  endOffset: number
}

export interface LineBlocksOptions {
  blockBytesMax: number
  /** a longer line can't be sent at all; it is told and left out, and keeps its row number */
  lineBytesMax: number
  /** where the text begins: the row and the offset of its first byte */
  firstRow: number
  firstOffset: number
  /** rows before this one are not handed out */
  fromRow: number
  onTooLong(row: number, bytes: number): void
}

const newline = 0x0a

export async function* lineBlocks(
  text: AsyncIterable<Uint8Array>,
  options: LineBlocksOptions,
): AsyncGenerator<Block> {
  let row = options.firstRow
  let offset = options.firstOffset
  let held: Uint8Array = new Uint8Array(0)
  const arrived: Uint8Array[] = []
  let arrivedBytes = 0
  /** bytes already let go of a line that is too long; 0 outside of such a line */
  let tooLongBytes = 0

  function tellTooLong(bytes: number): void {
    if (row >= options.fromRow) options.onTooLong(row, bytes)
    row++
  }

  function* cut(atEnd: boolean): Generator<Block> {
    held = Buffer.concat([held, ...arrived.splice(0)])
    arrivedBytes = 0
    let start = 0
    for (;;) {
      const end = cutAt(held, start, atEnd)
      if (end === undefined) break
      const part = held.subarray(start, end)
      start = end
      offset += part.length
      if (tooLongBytes > 0 || part.length > options.lineBytesMax) {
        tellTooLong(tooLongBytes + part.length)
        tooLongBytes = 0
        continue
      }
      const { body, rowCount } = heldLines(part, options.fromRow - row)
      const firstRow = Math.max(row, Math.min(options.fromRow, row + rowCount))
      row += rowCount
      if (body.length > 0) yield { body, firstRow, rowCount: row - firstRow, endOffset: offset }
    }
    held = held.subarray(start)
    if (held.length > options.lineBytesMax || tooLongBytes > 0) {
      tooLongBytes += held.length
      offset += held.length
      held = held.subarray(held.length)
    }
  }

  /** Behind the last line that still fits, or behind the first one when not even that fits; undefined: read on. */
  function cutAt(bytes: Uint8Array, start: number, atEnd: boolean): number | undefined {
    const left = bytes.length - start
    if (left === 0) return undefined
    if (tooLongBytes > 0 || left >= options.blockBytesMax) {
      const fits = tooLongBytes > 0 ? -1 : bytes.lastIndexOf(newline, start + options.blockBytesMax - 1)
      const end = fits >= start ? fits : bytes.indexOf(newline, start)
      if (end >= 0) return end + 1
    }
    return atEnd ? bytes.length : undefined
  }

  for await (const chunk of text) {
    arrived.push(chunk)
    arrivedBytes += chunk.length
    if (held.length + arrivedBytes >= options.blockBytesMax || tooLongBytes > 0) yield* cut(false)
  }
  yield* cut(true)
  if (tooLongBytes > 0) tellTooLong(tooLongBytes)
}

/**
 * The lines that hold something.
 *
 * @param skip  how many of them to leave out at the front; they still count
 * @returns `rowCount` counts them all, `body` lacks the skipped and the blank ones
 */
function heldLines(part: Uint8Array, skip: number): { body: Uint8Array; rowCount: number } {
  const kept: Uint8Array[] = []
  let rowCount = 0
  let whole = true
  for (let start = 0; start < part.length; ) {
    const at = part.indexOf(newline, start)
    const end = at < 0 ? part.length : at + 1
    const blank = isBlank(part, start, end)
    if (blank || rowCount < skip) whole = false
    else kept.push(part.subarray(start, end))
    if (!blank) rowCount++
    start = end
  }
  return { body: whole ? part : Buffer.concat(kept), rowCount }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== newline) return false
  }
  return true
}
