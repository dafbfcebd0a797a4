// From rows to columns: the tokens of events, which lie event by event on tapes, become the cells of each column.
//
//   ROWS    rowCount × { block, tokenFirst, tokenCount }   u32 each, in the order that the columns will have
//   BLOCKS  { bodyAt, pathsAt }                            where a block's body begins, and its paths among COUNTS
//   TOKENS  { path, start, bytes << 3 | kind }             of all blocks, one after the other
//   COUNTS  u32 a path and block; PLACES i32 likewise: the column of a path, -1 for none
//   COLUMNS { cellsAt, count }                             u32 each

import { ESCAPED, NULL } from '../tape/tape'
import { unescape } from '../tape/unescape'
import { CELL_BYTES, setCell } from './cells'

const ROW_BYTES: usize = 12
const BLOCK_BYTES: usize = 8
const TOKEN_BYTES: usize = 12
const COLUMN_BYTES: usize = 8

/**
 * Counts the values at each path, nulls left out, into COUNTS, which are zeros.
 *
 * @returns bytes of the escaped strings among them
 */
export function columnsCount(rows: usize, rowCount: u32, blocks: usize, tokens: usize, counts: usize): u32 {
  let escapedBytes: u32 = 0
  for (let end = rows + <usize>rowCount * ROW_BYTES; rows < end; rows += ROW_BYTES) {
    const pathsAt = load<u32>(blocks + <usize>load<u32>(rows) * BLOCK_BYTES, 4)
    let token = tokens + <usize>load<u32>(rows, 4) * TOKEN_BYTES
    const tokensEnd = token + <usize>load<u32>(rows, 8) * TOKEN_BYTES
    for (; token < tokensEnd; token += TOKEN_BYTES) {
      const size = load<u32>(token, 8)
      if ((size & 7) === NULL) continue
      if ((size & 7) === ESCAPED) escapedBytes += size >>> 3
      const count = counts + ((<usize>(pathsAt + load<u32>(token))) << 2)
      store<u32>(count, load<u32>(count) + 1)
    }
  }
  return escapedBytes
}

/**
 * Appends a cell to its column for every value. A key that an object repeats counts once, with its last value, as JSON
 * parsers have it; a null is none.
 *
 * @param spare  room for the escaped strings, which are written out there
 */
export function columnsCollect(
  rows: usize,
  rowCount: u32,
  blocks: usize,
  tokens: usize,
  places: usize,
  columns: usize,
  spare: usize,
): void {
  for (let row: u32 = 0; row < rowCount; row++, rows += ROW_BYTES) {
    const block = blocks + <usize>load<u32>(rows) * BLOCK_BYTES
    const bodyAt = load<u32>(block)
    const pathsAt = load<u32>(block, 4)
    let token = tokens + <usize>load<u32>(rows, 4) * TOKEN_BYTES
    const tokensEnd = token + <usize>load<u32>(rows, 8) * TOKEN_BYTES
    for (; token < tokensEnd; token += TOKEN_BYTES) {
      const place = load<i32>(places + ((<usize>(pathsAt + load<u32>(token))) << 2))
      if (place < 0) continue
      const column = columns + <usize>place * COLUMN_BYTES
      let count = load<u32>(column, 4)
      let cell = <usize>load<u32>(column) + <usize>count * CELL_BYTES
      if (count > 0 && load<u32>(cell - CELL_BYTES) === row) {
        count--
        cell -= CELL_BYTES
      }
      const size = load<u32>(token, 8)
      const kind = size & 7
      if (kind !== NULL) {
        const at = <usize>(bodyAt + load<u32>(token, 4))
        if (kind === ESCAPED) {
          const bytes = unescape(at, size >>> 3, spare)
          setCell(cell, row, spare, (bytes << 3) | kind)
          spare += bytes
        } else setCell(cell, row, at, size)
        count++
      }
      store<u32>(column, count, 4)
    }
  }
}

/**
 * Cells of one token a row, such as an envelope field's.
 *
 * @param picked  u32[rowCount]: number of the token on its block's tape, 0xffffffff for none
 * @param firsts  u32[blocks]: where a block's tokens begin among TOKENS
 * @param cells   room for rowCount cells
 * @param spare   room for the escaped strings among them
 * @returns cells written
 */
export function columnsPick(
  rows: usize,
  rowCount: u32,
  blocks: usize,
  tokens: usize,
  firsts: usize,
  picked: usize,
  cells: usize,
  spare: usize,
): u32 {
  let cell = cells
  for (let row: u32 = 0; row < rowCount; row++, rows += ROW_BYTES, picked += 4) {
    const number = load<u32>(picked)
    if (number === u32.MAX_VALUE) continue
    const block = load<u32>(rows)
    const bodyAt = load<u32>(blocks + <usize>block * BLOCK_BYTES)
    const token = tokens + <usize>(load<u32>(firsts + ((<usize>block) << 2)) + number) * TOKEN_BYTES
    const at = <usize>(bodyAt + load<u32>(token, 4))
    const size = load<u32>(token, 8)
    if ((size & 7) === ESCAPED) {
      const bytes = unescape(at, size >>> 3, spare)
      setCell(cell, row, spare, (bytes << 3) | ESCAPED)
      spare += bytes
    } else setCell(cell, row, at, size)
    cell += CELL_BYTES
  }
  return <u32>((cell - cells) / CELL_BYTES)
}
