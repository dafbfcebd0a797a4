// Streams of several domains with what is true of them: which fields are identities and which of them an event connects.
// The seed decides how many things there are, how often they come, how their ids look, and how the fields are called: in
// English, in another language, or by letters and numbers that say nothing.

import { seededRandom } from '../../../src/base/random.ts'

export const languages = ['english', 'camel', 'other', 'opaque'] as const
export type Language = (typeof languages)[number]

export interface Stream {
  events: Record<string, unknown>[]
  /** names of the fields that are identities */
  identities: Set<string>
  /** pairs of them that events connect, each as `a b` in order of the alphabet */
  pairs: Set<string>
}

type Random = () => number

/** [English name, name in another language, what it holds]; an English name of two words is written in two styles. */
type FieldSpec = readonly [name: string, other: string, holds: (random: Random, seed: number) => Holder]
interface Holder {
  isIdentity: boolean
  next: (row: number) => unknown
}

export interface Domain {
  name: string
  fields: readonly FieldSpec[]
  /** English names of fields that are connected */
  pairs: readonly (readonly [string, string])[]
}

export function streamOf(
  domain: Domain,
  {
    seed,
    language,
    eventCount = 400 * (1 + (seed % 4)),
  }: { seed: number; language: Language; eventCount?: number },
): Stream {
  const random = seededRandom(seed * 7919 + domain.name.length)
  const numbers = domain.fields.map((_, i) => i + 1)
  const absent = 0.3 * random()
  const fields = domain.fields.map(([english, other, holds], i) => ({
    english,
    name: nameIn(language, { english, other, number: numbers[i]! + (seed % 7) }),
    holder: holds(random, seed),
  }))
  const events = Array.from({ length: eventCount }, (_, row) =>
    Object.fromEntries(
      fields
        .map(({ name, holder }) => [name, random() < absent ? undefined : holder.next(row)])
        .filter(([, value]) => value !== undefined),
    ),
  )
  const nameOf = new Map(fields.map(({ english, name }) => [english, name]))
  return {
    events,
    identities: new Set(fields.filter(({ holder }) => holder.isIdentity).map(({ name }) => name)),
    pairs: new Set(
      domain.pairs.map(pair =>
        pair
          .map(english => nameOf.get(english)!)
          .sort()
          .join(' '),
      ),
    ),
  }
}

function nameIn(
  language: Language,
  { english, other, number }: { english: string; other: string; number: number },
): string {
  if (language === 'english') return english
  if (language === 'other') return other
  if (language === 'opaque') return `${'fcxk'[number % 4]}${number}`
  return english.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

const syllables = 'ka lo mi ren tas ver du shi bel nor qua fin zo pel gri han'.split(' ')

export function wordOf(number: number): string {
  let word = ''
  for (let rest = number + 17; rest > 0; rest = Math.floor(rest / syllables.length))
    word += syllables[rest % syllables.length]
  return word
}

const formats: Record<string, (number: number, seed: number) => unknown> = {
  coded: (number, seed) => `${wordOf(seed).slice(0, 3)}-${1000 + number}`,
  login: (number, seed) => wordOf(number * 31 + seed),
  email: (number, seed) => `${wordOf(number * 31 + seed)}@example.com`,
  uuid: (number, seed) => {
    const hex = (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
    return `${hex}-0000-4000-8000-${(seed * 1e6 + number).toString(16).padStart(12, '0')}`
  },
  integer: (number, seed) => 100_000 + ((number * 7919 + seed * 13) % 900_000),
  digits: (number, seed) => String(10_000 + ((number * 7919 + seed) % 90_000)),
  ip: number => `10.${number % 7}.${Math.floor(number / 7) % 250}.${number % 250}`,
  small: number => number + 1,
  hash: number => formats.uuid!(number, 7)!.toString().replaceAll('-', ''),
  path: number => `/${wordOf(number % 9)}/${wordOf(number)}`,
  name: (number, seed) => `${wordOf(number * 3 + seed)} ${wordOf(number * 5)}`,
}

/** So many things, a few of which come most of the time; ids look like one of these. */
export function things(count: number, ...looks: string[]): FieldSpec[2] {
  return (random, seed) => {
    const format = formats[looks[Math.floor(random() * looks.length)]!]!
    const scaled = Math.round(count * 0.4 * 6 ** random())
    const skew = 1 + 2 * random()
    return { isIdentity: true, next: () => format(Math.floor(scaled * random() ** skew), seed) }
  }
}

export function oneOf(...values: unknown[]): FieldSpec[2] {
  return random => ({ isIdentity: false, next: () => values[Math.floor(values.length * random() ** 1.5)] })
}

export function sometimes(share: number, inner: FieldSpec[2]): FieldSpec[2] {
  return (random, seed) => {
    const holder = inner(random, seed)
    return { ...holder, next: row => (random() < share ? holder.next(row) : undefined) }
  }
}

export function amount(most: number, decimals: number): FieldSpec[2] {
  return random => ({ isIdentity: false, next: () => Number((most * random() ** 3).toFixed(decimals)) })
}

export function around(middle: number, spread: number): FieldSpec[2] {
  return random => ({
    isIdentity: false,
    next: () => Number((middle + spread * (random() + random() - 1)).toFixed(1)),
  })
}

export function prose(wordsLeast: number, wordsMost: number): FieldSpec[2] {
  return random => ({
    isIdentity: false,
    next: () => {
      const words = wordsLeast + Math.floor((wordsMost - wordsLeast + 1) * random())
      return Array.from({ length: words }, () => wordOf(Math.floor(400 * random() ** 2))).join(' ')
    },
  })
}

export function instants(): FieldSpec[2] {
  return () => ({
    isIdentity: false,
    next: row => new Date(Date.UTC(2026, 0, 1) + row * 1370).toISOString(),
  })
}

/** One of its own for each event. */
export function ownIds(): FieldSpec[2] {
  return (_, seed) => ({ isIdentity: false, next: row => formats.uuid!(row, seed) })
}

export function always(value: unknown): FieldSpec[2] {
  return () => ({ isIdentity: false, next: () => value })
}

export function yesNo(): FieldSpec[2] {
  return random => ({ isIdentity: false, next: () => random() < 0.3 })
}
