// How text looks on a terminal: colours where they are wanted, columns that line up, lines that fit.

import { stripVTControlCharacters } from 'node:util'
import type { Io, Output } from './command.ts'

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const

export type Style = Readonly<Record<keyof typeof codes, (text: string) => string>>

/** Colours only on a terminal, and never against NO_COLOR (no-color.org). */
export function styleOf(output: Output, env: Io['env']): Style {
  const coloured = output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  const paint =
    ([on, off]: readonly [number, number]) =>
    (text: string) =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return Object.fromEntries(Object.entries(codes).map(([name, pair]) => [name, paint(pair)])) as Style
}

/**
 * @param rows   cells, coloured or not; a missing one is empty
 * @param right  indexes of the columns that line up at their right end
 * @returns lines without trailing spaces
 */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const columnCount = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map(row => widthOf(row[column] ?? ''))),
  )
  return rows.map(row =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        const gap = ' '.repeat(width - widthOf(cell))
        return right.includes(column) ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}

/** Breaks at spaces so that no line is longer than `width`, a single long word aside. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}

/** Columns that a text takes; what moves the cursor or colours takes none, and wide scripts take one too many. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** Event content must not steer the terminal that it is shown on. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ')
}
