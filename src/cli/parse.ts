// A command line against a command's flags. Node's parser takes it apart; which flags exist, and which was probably
// meant, is decided here.

import { parseArgs } from 'node:util'
import { nearest } from '../base/nearest.ts'
import { type Command, type Input, UsageError } from './command.ts'

/** @throws UsageError that names the flag at fault */
export function parseInput(command: Command, argv: readonly string[]): Input {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, { kind }]) => [
      name,
      { type: kind === 'switch' ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const texts: Record<string, string> = {}
  const lists: Record<string, string[]> = {}
  const switches = new Set<string>()
  const operands: string[] = []

  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined
    if (!flag) throw new UsageError(unknownFlag(token.rawName, Object.keys(command.flags)))
    if (flag.kind === 'switch') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`)
      switches.add(token.name)
      continue
    }
    if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value ?? 'VALUE'}`)
    }
    if (flag.kind === 'list') (lists[token.name] ??= []).push(token.value)
    else texts[token.name] = token.value
  }
  return { texts, switches, lists, operands }
}

function unknownFlag(rawName: string, names: readonly string[]): string {
  const near = nearest(rawName.replace(/^-+/, ''), names)
  return `there is no flag ${rawName}${near ? `; did you mean --${near}?` : ''}`
}

/** @throws UsageError when the command was given another number of operands */
export function operandsExactly(input: Input, names: readonly string[]): readonly string[] {
  if (input.operands.length === names.length) return input.operands
  if (names.length === 0) throw new UsageError(`there is nothing to do with "${input.operands[0]}"`)
  throw new UsageError(
    `expected ${names.join(' ')}, found ${input.operands.length === 0 ? 'nothing' : input.operands.join(' ')}`,
  )
}
