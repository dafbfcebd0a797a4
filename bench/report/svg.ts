// The few shapes that a chart is drawn of.

export const width = 720
export const markColour = '#b3261e'
/** Room above the highest figure, for its label. */
export const headroom = 1.1

export interface Drawing {
  height: number
  parts: string[]
}

const colours = ['#2a78d6', '#c2521b', '#1f8a5b', '#8a4fbf', '#a88412']

export function colourOf(i: number): string {
  return colours[i % colours.length]!
}

export function heading(x: number, content: string): string {
  return `<text x="${x}" y="24" fill="#33322e" font-size="15" font-weight="600">${escaped(content)}</text>`
}

interface TextStyle {
  anchor?: 'start' | 'middle' | 'end'
  fill?: string
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { anchor = 'start', fill = '#33322e' } = style
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}" text-anchor="${anchor}">${escaped(content)}</text>`
}

export function rect(x: number, y: number, size: { width: number; height: number; fill: string }): string {
  const { width, height, fill } = size
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`
}

type Point = readonly [x: number, y: number]

export function rule([x1, y1]: Point, [x2, y2]: Point, stroke: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"/>`
}

export function polyline(points: readonly Point[], stroke: string): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="1.8"/>`
}

export function dot([x, y]: Point, fill: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${fill}"/>`
}

export function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
}

export function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
