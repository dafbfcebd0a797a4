import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toSvg } from '../../../bench/report/chart.ts'
import { ticksTo } from '../../../bench/report/lines.ts'

describe('charts', () => {
  it('have ticks in even steps from zero to the most there is', () => {
    expect(ticksTo(10)).toEqual([0, 2, 4, 6, 8, 10])
    expect(ticksTo(0.3)).toEqual([0, 0.1, 0.2, 0.3])
    expect(ticksTo(0)).toEqual([0, 1])
  })

  it('have a bounded number of ticks that covers any figure', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), most => {
        const ticks = ticksTo(most)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * (1 - 1e-9))
        expect(ticks.length).toBeLessThanOrEqual(7)
      }),
    )
  })

  it('escape names and place no shape at NaN', () => {
    const bars = [
      { name: 'a<b & c', value: 0 },
      { name: 'd', value: 3 },
    ]
    const svg = toSvg({ kind: 'bars', title: 'T', unit: 'ms', bars, mark: { value: 2, name: 'asked' } })
    expect(svg).toContain('a&lt;b &amp; c')
    expect(svg).not.toContain('NaN')
  })

  it('draw a line through points in their order, larger figures higher up', () => {
    const points: [number, number][] = [
      [1, 1],
      [2, 3],
    ]
    const svg = toSvg({
      kind: 'lines',
      title: 'T',
      x: { name: 'x', unit: '' },
      y: { name: 'y', unit: 'ms' },
      lines: [{ name: 'l', points }],
    })
    const [[x1, y1], [x2, y2]] = /points="([^"]+)"/
      .exec(svg)![1]!
      .split(' ')
      .map(point => point.split(',').map(Number)) as [number[], number[]]
    expect(x2).toBeGreaterThan(x1!)
    expect(y2).toBeLessThan(y1!)
  })
})
