// Bars that lie, a name before and a figure behind each.

import type { BarChart } from './chart.ts'
import {
  colourOf,
  type Drawing,
  heading,
  headroom,
  markColour,
  number,
  rect,
  rule,
  text,
  width,
} from './svg.ts'

const left = 230
const right = 90
const top = 48
const barHeight = 34

export function drawBars({ title, unit, bars, mark }: BarChart): Drawing {
  const most = Math.max(...bars.map(({ value }) => value), mark?.value ?? 0) * headroom
  const lengthOf = (value: number) => ((width - left - right) * value) / most
  const bottom = top + bars.length * barHeight
  const parts = [heading(16, `${title}, ${unit}`)]
  for (const [i, { name, value }] of bars.entries()) {
    const at = top + i * barHeight
    parts.push(
      text(left - 10, at + 19, name, { anchor: 'end' }),
      rect(left, at + 4, { width: lengthOf(value), height: barHeight - 12, fill: colourOf(i) }),
      text(left + lengthOf(value) + 6, at + 19, number(value)),
    )
  }
  if (mark) {
    const at = left + lengthOf(mark.value)
    const label = `${mark.name}: ${number(mark.value)}`
    parts.push(
      rule([at, top - 4], [at, bottom], markColour),
      text(at, bottom + 18, label, { anchor: 'middle', fill: markColour }),
    )
  }
  return { height: bottom + 36, parts }
}
