// Which rows make up the row groups of a rewritten file: neighbours that are small become one, and one that is too large
// is cut. How large a group is, is told by its rows and by the payloads that they stand for, since no column of theirs
// holds more bytes than those: so the bound holds for what one column takes in memory, too.

/** What one flush seals is no larger, either. */
export const rowGroupRowsMax = 65_536
export const rowGroupRawBytesMax = 32 * 1024 * 1024

/** A group that fills less than this of both bounds is small. */
const smallShare = 1 / 4

export interface GroupSize {
  rowCount: number
  rawBytes: number
}

/** Rows [from, until) of one row group of an input, counted in the input. */
export interface Span {
  input: number
  from: number
  until: number
}

/** Small groups make readers ask for much and get little. @returns whether they are more than half of all */
export function isFragmented(inputs: readonly (readonly GroupSize[])[]): boolean {
  const groups = inputs.flat()
  const small = groups.filter(group => filledShare(group) < smallShare)
  return groups.length > 1 && small.length * 2 > groups.length
}

/** @returns for each row group to be the rows that make it up, in order */
export function planRowGroups(inputs: readonly (readonly GroupSize[])[]): Span[][] {
  const planned: Span[][] = []
  let filled = Number.POSITIVE_INFINITY
  for (const [input, groups] of inputs.entries()) {
    let from = 0
    for (const group of groups) {
      const pieceShare = filledShare(group) / Math.ceil(filledShare(group))
      const pieceRows = Math.ceil(group.rowCount / Math.ceil(filledShare(group)))
      const end = from + group.rowCount
      for (; from < end; from += pieceRows) {
        if (filled + pieceShare > 1) {
          planned.push([])
          filled = 0
        }
        planned.at(-1)!.push({ input, from, until: Math.min(end, from + pieceRows) })
        filled += pieceShare
      }
      from = end
    }
  }
  return planned
}

/** How much of a row group's bounds these rows fill; 1 is full. */
function filledShare({ rowCount, rawBytes }: GroupSize): number {
  return Math.max(rowCount / rowGroupRowsMax, rawBytes / rowGroupRawBytesMax)
}
