// What a command is: its words for --help, its flags, and what it does. No command touches process.* itself; the
// outside comes in as `Io`, so that tests can look at everything that was said.

import type { Readable } from 'node:stream'

export interface Flag {
  /** `switch` stands alone; `list` may be given several times */
  kind: 'text' | 'switch' | 'list'
  /** what to write in the value's place in --help: `URL`, `N` */
  value?: string
  text: string
}

export interface Command {
  name: string
  summary: string
  /** what stands after the flags: `FILE…` */
  operands?: string
  about?: string
  flags: Readonly<Record<string, Flag>>
  examples: readonly { line: string; text: string }[]
  /** @returns the exit code. @throws UsageError, Failure, or what else went wrong */
  run(input: Input, io: Io): Promise<number>
}

/** A command line, taken apart by the command's flags. */
export interface Input {
  texts: Readonly<Record<string, string>>
  switches: ReadonlySet<string>
  lists: Readonly<Record<string, readonly string[]>>
  operands: readonly string[]
}

export interface Output {
  write(text: string): unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

export interface Io {
  stdin: Readable
  stdout: Output
  stderr: Output
  env: Readonly<Record<string, string | undefined>>
  /** Calls back at each SIGINT or SIGTERM; returns a function that stops listening. */
  onSignal(callback: () => void): () => void
  /** Leaves at once, where waiting for the end is no longer wanted. */
  exit(code: number): void
}

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const

/** The command line was wrong: said in one sentence, with the way to --help. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The work could not be done, for a reason that the message tells in full; no stack trace helps. */
export class Failure extends Error {
  override name = 'Failure'
}
