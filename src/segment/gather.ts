// Turns tapes, which lie event by event, into the values of each column.

import type { ColumnInfo } from '../contract/segment.ts'
import { rowWord, rowWords, type Tape, tokenKind, tokenWords } from '../engine/scan.ts'
import type { Block, Rows } from './rows.ts'

/** The values of one payload field, in row order, at most one a row. */
export interface Gathered {
  path: string
  /** u32[count]: the row */
  rows: Uint32Array
  /** u32[count]: the token on the tape of that row's block */
  tokens: Uint32Array
  count: number
}

export interface GatheredAll {
  columns: Gathered[]
  /** fields were left out, because a segment has no room for more columns */
  capped: boolean
}

/** A longer path gets no column: names stand in every manifest. */
const pathLengthMax = 256

/**
 * @param known       columns that the segment has already; they keep their place
 * @param columnsMax  bound on columns of the segment
 */
export function gather(
  rows: Rows,
  blocks: readonly Block[],
  known: readonly ColumnInfo[],
  columnsMax: number,
): GatheredAll {
  const columns = known.map(({ path }) => ({ path, valuesMax: 0 }))
  const places = new Map(columns.map(({ path }, place) => [path, place]))
  const placesOf = new Map<number, Int32Array>()
  let capped = false
  const placeOf = (path: string | undefined): number => {
    const place = path === undefined ? undefined : places.get(path)
    if (place !== undefined) return place
    const fits =
      path !== undefined && path !== '' && path.length <= pathLengthMax && columns.length < columnsMax
    if (fits) places.set(path, columns.push({ path, valuesMax: 0 }) - 1)
    else capped ||= path !== ''
    return fits ? columns.length - 1 : -1
  }
  for (const [number, counts] of countValues(rows, blocks)) {
    const toPlace = (path: string | undefined, i: number) => {
      const place = counts[i] === 0 ? -1 : placeOf(path)
      if (place >= 0) columns[place]!.valuesMax += counts[i]!
      return place
    }
    placesOf.set(number, Int32Array.from(blocks[number]!.tape.paths, toPlace))
  }
  return { columns: collect(rows, blocks, placesOf, columns), capped }
}

/**
 * How many values these rows have at each path of their blocks' tapes. Other rows of a tape, of another segment or
 * refused, must not take columns from these.
 */
function countValues(rows: Rows, blocks: readonly Block[]): Map<number, Uint32Array> {
  const countsOf = new Map<number, Uint32Array>()
  eachRow(rows, blocks, ({ tokens, paths }, first, last, _row, block) => {
    let counts = countsOf.get(block)
    if (!counts) countsOf.set(block, (counts = new Uint32Array(paths.length)))
    for (let at = first; at < last; at += tokenWords) if (!isNull(tokens, at)) counts[tokens[at]!]!++
  })
  return countsOf
}

function collect(
  rows: Rows,
  blocks: readonly Block[],
  placesOf: ReadonlyMap<number, Int32Array>,
  columns: readonly { path: string; valuesMax: number }[],
): Gathered[] {
  const gathered = columns.map(({ path, valuesMax }) => ({
    path,
    rows: new Uint32Array(valuesMax),
    tokens: new Uint32Array(valuesMax),
    count: 0,
  }))
  eachRow(rows, blocks, ({ tokens }, first, last, row, block) => {
    const places = placesOf.get(block)!
    for (let at = first; at < last; at += tokenWords) {
      const place = places[tokens[at]!]!
      if (place >= 0) put(gathered[place]!, row, at / tokenWords, isNull(tokens, at))
    }
  })
  return gathered
}

/** `first` and `last` are the words on the tape between which the tokens of a row lie. */
function eachRow(
  rows: Rows,
  blocks: readonly Block[],
  visit: (tape: Tape, first: number, last: number, row: number, block: number) => void,
): void {
  for (let i = 0; i < rows.count; i++) {
    const block = rows.block[i]!
    const { tape } = blocks[block]!
    const at = rows.row[i]! * rowWords
    const first = tape.rows[at + rowWord.tokenStart]!
    const last = first + tape.rows[at + rowWord.tokenCount]!
    visit(tape, first * tokenWords, last * tokenWords, i, block)
  }
}

function isNull(tokens: Uint32Array, at: number): boolean {
  return (tokens[at + 2]! & 7) === tokenKind.null
}

/** A key that an object repeats counts once, with its last value, as JSON parsers have it; a null is none. */
function put(column: Gathered, row: number, token: number, isNone: boolean): void {
  if (column.count > 0 && column.rows[column.count - 1] === row) column.count--
  if (isNone) return
  column.rows[column.count] = row
  column.tokens[column.count++] = token
}
