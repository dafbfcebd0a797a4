// The flags of `alluvium generate` as options of a stream. What is left out has a value that needs no thought.

import { type GamingOptions, optionsFault, type Plant, plants } from '../../generate/gaming-options.ts'
import { type Flag, type Input, UsageError } from '../command.ts'

const defaults = { members: 1000, days: 7, seed: 1, distinct: 0.1, start: '2026-01-05' } as const
const eventsAMemberADay = 20
const secondsADay = 86_400

export const streamFlags = {
  members: { kind: 'text', value: 'N', text: `how many members there are (default ${defaults.members})` },
  days: { kind: 'text', value: 'N', text: `how many days to fill (default ${defaults.days})` },
  seed: { kind: 'text', value: 'N', text: `what chance is made from (default ${defaults.seed})` },
  rate: {
    kind: 'text',
    value: 'EVENTS',
    text: `events a second, on average (default: ${eventsAMemberADay} a day for each member)`,
  },
  distinct: {
    kind: 'text',
    value: 'SHARE',
    text: `share of distinct texts, 0 to 1 (default ${defaults.distinct})`,
  },
  start: { kind: 'text', value: 'DATE', text: `first day, YYYY-MM-DD, UTC (default ${defaults.start})` },
  plant: {
    kind: 'text',
    value: 'LIST',
    text: `what lies in it to be found: all, none, or some of ${plants.join(',')} (default all)`,
  },
} as const satisfies Record<string, Flag>

/** @throws UsageError that names the flag at fault */
export function optionsOf({ texts }: Input): GamingOptions {
  const number = (name: 'members' | 'days' | 'seed' | 'rate' | 'distinct', fallback: number) => {
    const text = texts[name]
    if (text === undefined) return fallback
    if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${name}: expected a number, found "${text}"`)
    return Number(text)
  }
  const members = number('members', defaults.members)
  const options = {
    members,
    days: number('days', defaults.days),
    seed: number('seed', defaults.seed),
    rate: number('rate', (members * eventsAMemberADay) / secondsADay),
    distinct: number('distinct', defaults.distinct),
    startMs: startOf(texts.start ?? defaults.start),
    plant: plantOf(texts.plant ?? 'all'),
  }
  const fault = optionsFault(options)
  if (fault !== undefined) throw new UsageError(`--${fault}`)
  return options
}

function startOf(text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(ms))
    throw new UsageError(`--start: expected a date like ${defaults.start}, found "${text}"`)
  return ms
}

function plantOf(text: string): readonly Plant[] {
  if (text === 'all') return plants
  if (text === 'none') return []
  return text.split(',').map(name => {
    const plant = plants.find(known => known === name.trim())
    if (!plant)
      throw new UsageError(`--plant: expected all, none, or some of ${plants.join(', ')}; found "${name}"`)
    return plant
  })
}
