// What a field's name says by itself, before any value was seen: which role it suggests, what kind of thing it speaks of, and
// which other fields speak of the same one (`actor.id` and `actor.login`, `user_id` and `user_name`).

import { fold, labelWords, type Meaning, meaningOf, type NameRole, wordsWithin } from './lexicon.ts'

export interface FieldName {
  path: string
  /** what the name suggests, and how clearly; 0 points where it suggests nothing */
  role: NameRole | undefined
  points: number
  /** it speaks of somebody who acts */
  isPerson: boolean
  /** `payload.issue.user` for `payload.issue.user.login`: fields that have it in common speak of one thing */
  holder: string
  /** names for the thing, the most general first: `user`, `issue_user` */
  nouns: string[]
  /** what of the thing it tells: `login`; empty where it is the thing itself */
  label: string
  /** `open_issues`: a number of them is a count, and no number of one */
  isPlural: boolean
  /** it lies within an object that is about something */
  isNested: boolean
  depth: number
}

/** Objects that hold what an event says, and are no things themselves. */
const wrappers = new Set(
  'payload data event body attributes properties props context meta metadata params details object value fields record message headers labels tags extra request response'.split(
    ' ',
  ),
)
/** `sensor_id` leaves no doubt, `sensor` little, and `ref` much. */
const plain = 5
const clear = 3
const faint = 2

export function readName(path: string): FieldName {
  const segments = path.split('.')
  const words = segments.map(wordsOfSegment)
  const last = words.at(-1)!
  const core = coreOf(last)
  const above = segments.at(-2)
  const isNested = above !== undefined && !wrappers.has(fold(above))
  const isLabel = core.length === 0
  const heldBy = isLabel && isNested ? words.at(-2)! : isLabel ? last : core
  const holderPath =
    isLabel && isNested ? segments.slice(0, -1) : [...segments.slice(0, -1), heldBy.join('_')]
  const parents = words
    .slice(0, isLabel && isNested ? -2 : -1)
    .filter((_, i) => !wrappers.has(fold(segments[i]!)))
  const { role, points, meaning } = suggestion(last, core, isLabel && isNested ? words.at(-2)! : undefined)
  return {
    path,
    role,
    points,
    isPerson: meaning?.isPerson ?? false,
    holder: holderPath.join('.').replaceAll('[]', ''),
    nouns: nounsOf(heldBy, parents, meaning),
    label: isLabel && !isNested ? '' : last.slice(core.length).join('_'),
    isPlural: core.length === last.length && singular(last.at(-1)!) !== last.at(-1),
    isNested,
    depth: segments.length,
  }
}

/** `vip_group` of `VIP group` and `vipGroup`: what types of entities and of edges may be called; empty for what has no Latin letter. */
export function slugOf(text: string): string {
  const slug = fold(text.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2'))
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return slug.slice(0, slugCharsMax).replace(/_+$/, '')
}

const slugCharsMax = 63

const idLabels = new Set(['id', 'uid', 'uuid', 'guid', 'key', 'login', 'slug'])

/** The words before those that only tell which one it is, or how it is called. */
function coreOf(words: readonly string[]): string[] {
  let end = words.length
  while (end > 0 && labelWords.has(words[end - 1]!)) end--
  return words.slice(0, end)
}

interface Suggestion {
  role: NameRole | undefined
  points: number
  meaning: Meaning | undefined
}

function suggestion(
  words: readonly string[],
  core: readonly string[],
  above: readonly string[] | undefined,
): Suggestion {
  const phrase = meaningOf(words.join('_')) ?? meaningOf(words.join(''))
  const suggest = (meaning: Meaning | undefined, points: number, role = meaning?.role): Suggestion => ({
    role,
    points: role === undefined ? 0 : points,
    meaning,
  })
  if (core.length === 0 && above !== undefined) {
    const held = lastMeaning(coreOf(above).length > 0 ? coreOf(above) : above)
    if (phrase?.role === 'text') return suggest(held, faint, 'text')
    const tellsWhich = idLabels.has(words.at(-1)!)
    if (!tellsWhich && (held?.role === 'category' || held?.role === 'measure')) return suggest(held, faint)
    return { role: 'identity', points: held ? clear : faint, meaning: held }
  }
  if (words.length > 1 && (words.at(-1) === 'at' || words.at(-1) === 'on'))
    return { role: 'time', points: clear, meaning: undefined }
  if (words.length > 1 && meaningOf(words[0]!)?.role === 'flag') return suggest(meaningOf(words[0]!), clear)
  if (words.length > 1 && (words[0] === 'num' || words[0] === 'total' || words[0] === 'count'))
    return suggest(meaningOf('count'), clear)
  if (phrase) return suggest(phrase, clear)
  if (core.length === 0)
    return words[0] === 'id'
      ? { role: 'unique', points: faint, meaning: undefined }
      : suggest(undefined, faint, 'identity')
  const meaning = lastMeaning(core)
  const isLabelled = core.length < words.length
  if (meaning?.role === 'text' || meaning?.role === 'unique')
    return suggest(meaning, isLabelled ? faint : clear)
  if (meaning?.role === 'identity' && isLabelled) return suggest(meaning, plain)
  if (meaning) return suggest(meaning, clear)
  return isLabelled ? { role: 'identity', points: faint, meaning: undefined } : suggest(undefined, 0)
}

/** What a name means stands at its end: a `session_duration` is a duration, a `shipping_country` a country. */
function lastMeaning(words: readonly string[]): Meaning | undefined {
  return meaningOf(words.join('_')) ?? meaningOf(words.at(-1)!)
}

function nounsOf(
  held: readonly string[],
  parents: readonly (readonly string[])[],
  meaning: Meaning | undefined,
): string[] {
  const own = [...held]
  own[own.length - 1] = singular(own.at(-1)!)
  const last = own.at(-1)!
  const candidates = meaning?.role === 'identity' && own.length > 1 ? [last, own.join('_')] : [own.join('_')]
  let longer = own.join('_')
  for (const parent of [...parents].reverse()) {
    longer = `${singular(parent.at(-1)!)}_${longer}`
    candidates.push(longer)
  }
  const slugs = candidates.map(slugOf).filter(slug => slug !== '')
  return slugs.length > 0 ? slugs : meaning ? [slugOf(meaning.canonical)] : []
}

function singular(word: string): string {
  if (/(ss|us|is)$/.test(word) || word.length < 4) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') ? word.slice(0, -1) : word
}

/** `userId`, `user_id`, `USER-ID`, `userid` and `用户编号` are two words each. */
function wordsOfSegment(segment: string): string[] {
  const spaced = segment
    .replaceAll('[]', '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
  const words = spaced.split(/[^\p{L}\p{N}]+/u).filter(word => word !== '')
  const all = words.map(fold).flatMap(parted)
  return all.length > 0 ? all : [fold(segment)]
}

function parted(word: string): string[] {
  if (meaningOf(word) || labelWords.has(word)) return [word]
  if (!/^[a-z0-9]+$/.test(word)) {
    const within = wordsWithin(word)
    return within.length > 0 ? within : [word]
  }
  for (let at = 3; at <= word.length - 2; at++) {
    const label = word.slice(at)
    if (labelWords.has(label) && (meaningOf(word.slice(0, at)) || label.length >= longLabelChars))
      return [word.slice(0, at), label]
  }
  return [word]
}

/** A label that is too long to be the end of another word by chance. */
const longLabelChars = 6
