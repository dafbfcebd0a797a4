// A line on stderr that says how far a long work has come. On anything but a terminal it keeps quiet.

import type { Io } from './command.ts'
import { bytesText, countText, secondsText } from './figures.ts'
import { styleOf, wrap } from './terminal.ts'

export interface Progress {
  update(state: { bytes: number; events?: number }): void
  /** a sentence in the bar's place, until the next update */
  note(text: string): void
  /** takes the line away */
  end(): void
}

const drawMsMin = 100
const barWidth = 24

/** @param bytesTotal  undefined where the end isn't known */
export function progressOn(io: Io, label: string, bytesTotal: number | undefined): Progress {
  const output = io.stderr
  if (!output.isTTY) return { update() {}, note() {}, end() {} }
  const style = styleOf(output, io.env)
  const startMs = performance.now()
  let drawnMs = Number.NEGATIVE_INFINITY
  let bytesFirst: number | undefined

  function draw(text: string): void {
    const [line = ''] = wrap(text, 1000)
    output.write(`\r\u001b[2K${line}`)
  }

  return {
    update({ bytes, events }) {
      bytesFirst ??= bytes
      const nowMs = performance.now()
      if (nowMs - drawnMs < drawMsMin) return
      drawnMs = nowMs
      const seconds = (nowMs - startMs) / 1000
      const rate = (bytes - bytesFirst) / seconds
      const parts = [label]
      if (bytesTotal)
        parts.push(`${style.cyan(bar(bytes / bytesTotal))} ${Math.floor((100 * bytes) / bytesTotal)} %`)
      parts.push(bytesText(bytes))
      if (events !== undefined) parts.push(`${countText(events / seconds)} events/s`)
      if (bytesTotal && rate > 0) parts.push(`${secondsText((bytesTotal - bytes) / rate)} left`)
      draw(parts.join('  '))
    },
    note: text => draw(`${label}  ${style.yellow(text)}`),
    end: () => output.write('\r\u001b[2K'),
  }
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, share) * barWidth)
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled)
}
