import { describe, expect, it } from 'vitest'
import { bytesText, countText, secondsText, timeText } from '../../src/cli/figures.ts'
import { progressOn } from '../../src/cli/progress.ts'
import { columns, harmless, styleOf, wrap } from '../../src/cli/terminal.ts'
import { recordingIo } from './io.ts'

describe('what is shown', () => {
  it('lines columns up, coloured cells too', () => {
    const { bold } = styleOf({ write() {}, isTTY: true }, {})
    expect(bold('a')).not.toBe('a')
    const lines = columns([['name', 'n'], [bold('ab'), '1,000'], ['c']], [1])
    expect(lines.map(harmless)).toEqual(['name      n', 'ab    1,000', 'c'])
  })

  it('wraps at spaces, and leaves a long word whole', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('a\n\nbbbbbbbbbb c', 4)).toEqual(['a', '', 'bbbbbbbbbb', 'c'])
  })

  it('takes from event content what would steer the terminal', () => {
    expect(harmless('\u001b]0;owned\u0007a\u001b[2Jb\rc\u0000')).not.toMatch(/\p{Cc}/u)
    expect(harmless('grüße 🙂')).toBe('grüße 🙂')
  })

  it('says figures as people do', () => {
    expect([0, 999, 1000, 999_949, 1_000_000, 17_106_256, 5e15].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '999.9 kB',
      '1.0 MB',
      '17.1 MB',
      '5000.0 TB',
    ])
    expect(countText(39244)).toBe('39,244')
    expect([0.04, 9.96, 59, 61, 3720].map(secondsText)).toEqual([
      '0.0 s',
      '10.0 s',
      '59 s',
      '1 min 1 s',
      '1 h 2 min',
    ])
    expect(timeText(Date.UTC(2026, 2, 1, 14, 5, 9))).toBe('2026-03-01 14:05:09')
  })

  it('draws progress on a terminal alone, and takes it away', () => {
    const quiet = recordingIo()
    progressOn(quiet.io, 'sending', 100).update({ bytes: 50, events: 1 })
    expect(quiet.said).toEqual({ stdout: '', stderr: '' })
    const loud = recordingIo({}, { tty: true })
    const progress = progressOn(loud.io, 'sending', 200)
    progress.update({ bytes: 50, events: 10 })
    expect(harmless(loud.said.stderr)).toMatch(/sending {2}█{6}░{18} 25 % {2}50 B/)
    expect(loud.said.stdout).toBe('')
    progress.end()
    expect(loud.said.stderr.endsWith('\r\u001b[2K')).toBe(true)
  })
})
