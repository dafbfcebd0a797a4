// The `alluvium` command: finds the command that is meant, runs it, and turns how it ended into an exit code.

import manifest from '../../package.json' with { type: 'json' }
import { AssertionError } from '../base/assert.ts'
import { nearest } from '../base/nearest.ts'
import { type Command, exitCodes, type Io, UsageError } from './command.ts'
import { ConfigError } from './config/fault.ts'
import { demo } from './demo/command.ts'
import { evict } from './evict.ts'
import { generate } from './generate/command.ts'
import { commandHelp, overview } from './help.ts'
import { ingest } from './ingest/command.ts'
import { keys } from './keys.ts'
import { openapi } from './openapi.ts'
import { pack } from './pack/command.ts'
import { parseInput } from './parse.ts'
import { segments } from './segments.ts'
import { serve } from './serve.ts'
import { styleOf } from './terminal.ts'
import { verify } from './verify/command.ts'

export const commands: readonly Command[] = [
  serve,
  ingest,
  segments,
  evict,
  pack,
  generate,
  verify,
  keys,
  openapi,
  demo,
]

/** @returns the exit code: 0 done, 1 failed, 2 the command line or the configuration was wrong */
export async function alluvium(argv: readonly string[], io: Io): Promise<number> {
  let command: Command | undefined
  try {
    const [first, ...rest] = argv
    if (first === undefined) return say(io.stderr, overview(commands, io), exitCodes.usage)
    if (first === '--help' || first === '-h') return say(io.stdout, overview(commands, io))
    if (first === '--version' || first === '-v') return say(io.stdout, `alluvium ${manifest.version}\n`)
    if (first === 'help')
      return say(io.stdout, rest[0] ? commandHelp(commandNamed(rest[0]), io) : overview(commands, io))
    command = commandNamed(first)
    if (wantsHelp(rest)) return say(io.stdout, commandHelp(command, io))
    return await command.run(parseInput(command, rest), io)
  } catch (error) {
    return explain(error, command, io)
  }
}

function say(output: Io['stdout'], text: string, code: number = exitCodes.ok): number {
  output.write(text)
  return code
}

/** After `--` everything is an operand. */
function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).some(word => word === '--help' || word === '-h')
}

function commandNamed(name: string): Command {
  const found = commands.find(command => command.name === name)
  if (found) return found
  if (name.startsWith('-'))
    throw new UsageError(`${name} is no flag of alluvium itself; flags come after the command`)
  const near = nearest(
    name,
    commands.map(command => command.name),
  )
  throw new UsageError(`there is no command "${name}"${near ? `; did you mean "alluvium ${near}"?` : ''}`)
}

function explain(error: unknown, command: Command | undefined, io: Io): number {
  const style = styleOf(io.stderr, io.env)
  io.stderr.write(`${style.red('alluvium:')} ${textOf(error)}\n`)
  if (error instanceof UsageError)
    io.stderr.write(`Try: alluvium ${command ? `${command.name} ` : ''}--help\n`)
  return error instanceof UsageError || error instanceof ConfigError ? exitCodes.usage : exitCodes.failed
}

/** What went wrong out there says so itself; only a bug of ours wants its stack. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isBug = [AssertionError, TypeError, RangeError, ReferenceError].some(kind => error instanceof kind)
  return isBug ? (error.stack ?? error.message) : error.message
}
