// What a gaming stream is made from. The same options make the same bytes, on every machine.

/** Structure that may lie in the stream. Truth about each is told by `plantedTruth`. */
export const plants = ['communities', 'behaviours', 'sequences', 'anomalies', 'trends', 'devices'] as const
export type Plant = (typeof plants)[number]

export interface GamingOptions {
  members: number
  days: number
  seed: number
  /** events a second, on average over a week in which no day is missing */
  rate: number
  /** share of distinct texts among the texts of all events, by `textTemplate`; 0 to 1 */
  distinct: number
  /** ms since 1970 UTC, a whole hour; midnight for days that are whole */
  startMs: number
  plant: readonly Plant[]
}

/** What a text is: the gaming pack has the same. The share of distinct ones is that of this template. */
export const textTemplate = '{event} {game} {category} {popup} {error} {stage} {query} {message}'

export const dayMs = 86_400_000
export const hourMs = 3_600_000

export const membersMax = 1_000_000
const daysMax = 400
/** Ids are told apart by 32 bits. */
const eventsMax = 2 ** 32

const bounds = [
  ['members', 20, membersMax],
  ['days', 1, daysMax],
  ['seed', 0, 2 ** 32 - 1],
] as const

/** @returns what is wrong, in a sentence that begins with the option's name; undefined when nothing is */
export function optionsFault(options: GamingOptions): string | undefined {
  for (const [name, least, most] of bounds) {
    const value = options[name]
    if (!Number.isInteger(value) || value < least || value > most)
      return `${name}: expected a whole number from ${least} to ${most}, found ${value}`
  }
  const { rate, distinct, startMs, days } = options
  if (!(rate > 0) || rate * days * (dayMs / 1000) > eventsMax)
    return `rate: expected more than 0 and at most ${eventsMax} events in all, found ${rate} a second`
  if (!(distinct >= 0 && distinct <= 1)) return `distinct: expected a share from 0 to 1, found ${distinct}`
  if (!Number.isInteger(startMs / hourMs) || startMs < 0)
    return `start: expected a whole hour since 1970, found ${startMs} ms`
  return undefined
}
