// Which field becomes which column of a segment, and the values that stand there.

import type { ColumnInfo } from '../contract/segment.ts'
import type { Cells } from '../engine/columns/cells.ts'
import type { Assignment, Selection } from '../engine/columns/columns.ts'
import type { Block } from './rows.ts'

export interface GatheredAll {
  columns: { path: string; cells: Cells }[]
  /** fields were left out, because a segment has no room for more columns */
  capped: boolean
}

/** A longer path gets no column: names stand in every manifest. */
const pathLengthMax = 256

/**
 * Only the rows selected count: other rows of a tape, of another segment or refused, must not take columns from these.
 *
 * @param blocks      those that are loaded
 * @param known       columns that the segment has already; they keep their place
 * @param columnsMax  bound on columns of the segment
 */
export function gather(
  selection: Selection,
  blocks: readonly Block[],
  known: readonly ColumnInfo[],
  columnsMax: number,
): GatheredAll {
  const columns = known.map(({ path }) => ({ path, valuesMax: 0 }))
  const places = new Map(columns.map(({ path }, place) => [path, place]))
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
  const assign = (counts: readonly Uint32Array[]): Assignment => {
    const columnsOf = blocks.map(({ tape }, block) =>
      Int32Array.from(tape.paths, (path, i) => {
        const count = counts[block]![i]!
        const place = count === 0 ? -1 : placeOf(path)
        if (place >= 0) columns[place]!.valuesMax += count
        return place
      }),
    )
    return { columnsOf, valuesMax: columns.map(({ valuesMax }) => valuesMax) }
  }
  const cells = selection.collect(assign)
  return { columns: columns.map(({ path }, place) => ({ path, cells: cells[place]! })), capped }
}
