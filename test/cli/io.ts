// An outside for the command line that remembers everything that was said.

import { Readable } from 'node:stream'
import { alluvium } from '../../src/cli/alluvium.ts'
import type { Io } from '../../src/cli/command.ts'

export interface Said {
  code: number
  stdout: string
  stderr: string
}

export function recordingIo(
  env: Record<string, string> = {},
  more: { stdin?: Readable; tty?: boolean } = {},
) {
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  const exits: number[] = []
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text
    },
    isTTY: more.tty ?? false,
  })
  const io: Io = {
    stdin: more.stdin ?? Readable.from([]),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    onSignal(callback) {
      listeners.add(callback)
      return () => listeners.delete(callback)
    },
    exit: code => exits.push(code),
  }
  const signal = () => {
    for (const listener of [...listeners]) listener()
  }
  return { io, said, exits, signal }
}

export async function run(
  argv: string[],
  env?: Record<string, string>,
  more?: { stdin?: Readable; tty?: boolean },
): Promise<Said> {
  const { io, said } = recordingIo(env, more)
  const code = await alluvium(argv, io)
  return { code, ...said }
}
