// A table as text for the terminal, and as Markdown for the page.

import type { Table } from '../suites/suite.ts'

export function toText({ title, columns, rows }: Table): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map(row => row[i]!.length)))
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`
  return [title, line(columns), ...rows.map(line)].join('\n')
}

export function toMarkdown({ title, columns, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = `|${columns.map((_, i) => (i === 0 ? '---|' : '---:|')).join('')}`
  return [`${title}:`, '', line(columns), rule, ...rows.map(line)].join('\n')
}
