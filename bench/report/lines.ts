// Lines over two axes that begin at zero: what grows has to look as large as it is.

import type { Axis, LineChart } from './chart.ts'
import {
  colourOf,
  type Drawing,
  dot,
  heading,
  headroom,
  markColour,
  number,
  polyline,
  rect,
  rule,
  text,
  width,
} from './svg.ts'

const left = 70
const right = width - 24
const top = 48
const bottom = top + 260
const legendTop = bottom + 62
const legendHeight = 20
/** Lines of more points are drawn without dots. */
const dotsMax = 20

export function drawLines({ title, x, y, lines, mark }: LineChart): Drawing {
  const all = lines.flatMap(({ points }) => points)
  const xTicks = ticksTo(Math.max(...all.map(([value]) => value)))
  const yTicks = ticksTo(Math.max(...all.map(([, value]) => value), mark?.value ?? 0) * headroom)
  const atX = (value: number) => left + ((right - left) * value) / xTicks.at(-1)!
  const atY = (value: number) => bottom - ((bottom - top) * value) / yTicks.at(-1)!
  const parts = [
    heading(left, title),
    text(8, top - 8, axisName(y)),
    text(right, bottom + 38, axisName(x), { anchor: 'end' }),
    ...xTicks.map(value => text(atX(value), bottom + 18, number(value), { anchor: 'middle' })),
    ...yTicks.flatMap(value => [
      rule([left, atY(value)], [right, atY(value)], '#d9d8d3'),
      text(left - 8, atY(value) + 4, number(value), { anchor: 'end' }),
    ]),
  ]
  if (mark) {
    const label = `${mark.name}: ${number(mark.value)}`
    parts.push(
      rule([left, atY(mark.value)], [right, atY(mark.value)], markColour),
      text(right, atY(mark.value) - 5, label, { anchor: 'end', fill: markColour }),
    )
  }
  for (const [i, { name, points }] of lines.entries()) {
    const placed = points.map(([px, py]) => [atX(px), atY(py)] as const)
    parts.push(polyline(placed, colourOf(i)))
    if (points.length <= dotsMax) parts.push(...placed.map(point => dot(point, colourOf(i))))
    parts.push(...legend(name, i))
  }
  return { height: legendTop + Math.ceil(lines.length / 2) * legendHeight, parts }
}

/** Two in a row. */
function legend(name: string, i: number): string[] {
  const x = left + (i % 2) * 320
  const y = legendTop + Math.floor(i / 2) * legendHeight
  return [rect(x, y - 9, { width: 14, height: 10, fill: colourOf(i) }), text(x + 20, y, name)]
}

/** 0 and up in about five even steps of 1, 2 or 5 times a power of ten, the last at or above `most`. */
export function ticksTo(most: number): number[] {
  if (most <= 0) return [0, 1]
  const rough = most / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5].map(times => times * power).find(candidate => candidate >= rough) ?? 10 * power
  const count = Math.ceil(most / step)
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

function axisName({ name, unit }: Axis): string {
  return unit === '' ? name : `${name}, ${unit}`
}
