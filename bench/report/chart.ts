// Charts as data, and as SVG text. An SVG has a ground of its own, so that it reads on a light and on a dark page.

import { drawBars } from './bars.ts'
import { drawLines } from './lines.ts'
import { escaped, rect, width } from './svg.ts'

export type Chart = BarChart | LineChart

export interface BarChart {
  kind: 'bars'
  title: string
  unit: string
  bars: { name: string; value: number }[]
  mark?: Mark
}

export interface LineChart {
  kind: 'lines'
  title: string
  x: Axis
  y: Axis
  lines: { name: string; points: [x: number, y: number][] }[]
  mark?: Mark
}

export interface Axis {
  name: string
  /** empty for a plain count */
  unit: string
}

/** A figure to hold against all others. */
interface Mark {
  value: number
  name: string
}

export function toSvg(chart: Chart): string {
  const { height, parts } = chart.kind === 'bars' ? drawBars(chart) : drawLines(chart)
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
  const font = 'font-family="system-ui, sans-serif" font-size="12"'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size} ${font}>`,
    `<title>${escaped(chart.title)}</title>`,
    rect(0, 0, { width, height, fill: '#fcfcfb' }),
    ...parts,
    '</svg>\n',
  ].join('\n')
}
