// Which role a field has. Its name and its values bear witness, each for a role and with a weight; the role with the most
// behind it holds. Names weigh less as values come to speak for themselves, and what was decided before stays unless
// something else is clearly better.

import type { FieldName } from './field-name.ts'
import type { FieldSketch } from './field-sketch.ts'

export const roles = [
  ...['identity', 'category', 'measure', 'text', 'time', 'flag', 'constant', 'unique', 'link', 'unknown'],
] as const
/** `unique`: one of its own for each event. `link`: the address of what the fields around it speak of. */
export type Role = (typeof roles)[number]

export interface Judgement {
  role: Role
  /** what spoke for it, the strongest first */
  why: string[]
}

interface Witness {
  role: Role
  points: number
  why: string
}

/** Less than this says nothing. */
const pointsMin = 1
/** What speaks for another role has to be better by this. */
const marginMin = 0.75

export function judge(field: FieldSketch, name: FieldName, before: Role | undefined): Judgement {
  if (field.counts.values === 0) return { role: 'unknown', why: ['no value was seen'] }
  const witnesses = hear(field, name).filter(({ points }) => points > 0)
  const sums = new Map<Role, number>()
  for (const { role, points } of witnesses) sums.set(role, (sums.get(role) ?? 0) + points)
  if (before !== undefined && before !== 'unknown') sums.set(before, (sums.get(before) ?? 0) + marginMin)
  let best: Role = 'unknown'
  for (const role of roles) if ((sums.get(role) ?? 0) > (sums.get(best) ?? pointsMin)) best = role
  const behind = witnesses.filter(({ role }) => role === best).sort((a, b) => b.points - a.points)
  const why = behind.map(witness => witness.why)
  return { role: best, why: why.length > 0 ? why : ['too little was seen to tell'] }
}

/** From so many values on, what they say has its full weight. */
const fullConfidenceValues = 1000

function hear(field: FieldSketch, name: FieldName): Witness[] {
  const { counts } = field
  const confidence = Math.min(1, Math.log10(counts.values + 1) / Math.log10(fullConfidenceValues))
  if (counts.flags > counts.values / 2)
    return [{ role: 'flag', points: 10, why: 'its values are true and false' }]
  const isNumeric = field.share('integer') + field.share('number') > 0.9
  return [
    ...hearName(field, name, { confidence, isNumeric }),
    ...hearEnvelope(field),
    ...hearShapes(field, name),
    ...hearCounts(field, name, { confidence, isNumeric }),
    ...(isNumeric ? hearNumbers(field, name, confidence) : hearWords(field, confidence)),
  ]
}

interface Context {
  confidence: number
  isNumeric: boolean
}

function hearName(
  field: FieldSketch,
  { role, points, nouns, isPlural }: FieldName,
  { confidence, isNumeric }: Context,
): Witness[] {
  if (role === undefined) return []
  const weight = points * (1 - confidence / 2)
  const by = (as: Role, factor: number, what: string): Witness[] => [
    { role: as, points: weight * factor, why: `its name is that of ${what}` },
  ]
  switch (role) {
    case 'identity':
      if (isNumeric && isPlural) return by('measure', 1, 'how many there are')
      return by('identity', 1, `a thing (${nouns[0] ?? 'one of many'})`)
    case 'category':
      // Places and kinds have many values in large streams, and sort events nevertheless.
      return by('category', 1 + confidence, 'something that sorts events')
    case 'measure':
      return isNumeric ? by('measure', 1, 'a number that is added up or compared') : []
    case 'text':
      return isNumeric ? [] : by('text', 0.6, 'what people write')
    case 'time':
      return isNumeric && !isEpoch(field)
        ? by('measure', 0.7, 'a span of time')
        : by('time', isEpoch(field) ? 2 : 0.5, 'a time')
    case 'flag':
      return field.sample.distinct <= 2 ? by('flag', 1.5, 'a yes or no') : []
    case 'unique':
      return by('unique', 1, 'one event, not of something that comes again')
  }
}

/** What ingest took a value for is how the producer means it. */
function hearEnvelope({ counts }: FieldSketch): Witness[] {
  const share = (count: number) => count / counts.values
  return [
    { role: 'unique', points: 3 * share(counts.asId), why: "it is the event's id" },
    { role: 'category', points: 3 * share(counts.asType), why: "it is the event's type" },
    {
      role: 'identity',
      points: 2 * share(counts.asEntity),
      why: 'it is the entity that the event is told of',
    },
  ]
}

function hearShapes(field: FieldSketch, name: FieldName): Witness[] {
  const url = field.share('url')
  const isAddress = name.isNested || /avatar|image|photo|icon|logo|thumb/i.test(name.path)
  const isNamedAddress = name.isNested && /ur[li]$|href$|link$/i.test(name.path)
  return [
    { role: 'identity', points: 4 * field.share('email'), why: 'its values are email addresses' },
    { role: 'identity', points: 4 * field.share('ip'), why: 'its values are network addresses' },
    {
      role: 'identity',
      points: 2 * (field.share('uuid') + field.share('hash')),
      why: 'its values are made to be unlike',
    },
    {
      role: 'identity',
      points: 3 * field.share('coded'),
      why: 'its values are a code with a number (like ord-1009)',
    },
    { role: 'identity', points: 2 * field.share('path'), why: 'its values are paths' },
    isAddress
      ? {
          role: 'link',
          points: 8 * url,
          why: 'its values are addresses of what the fields beside it speak of',
        }
      : { role: 'identity', points: 2 * url, why: 'its values are addresses' },
    { role: 'link', points: isNamedAddress ? 4 : 0, why: 'its name is that of an address' },
    { role: 'time', points: 10 * field.share('time'), why: 'its values are times' },
  ]
}

/** Few values that come again and again sort; many that come again are things. In between both are likely. */
const fewValues = 16
const manyValues = 64
/** So few are no things, whatever they are called: `client` is web or app. */
const fewThings = 8

function hearCounts(field: FieldSketch, name: FieldName, { confidence, isNumeric }: Context): Witness[] {
  const { counts, sample } = field
  const distinct = sample.distinct
  const repetition = counts.values / distinct
  if (distinct === 1)
    return counts.values < 20
      ? []
      : [{ role: 'constant', points: 8 * confidence, why: 'it never has another value' }]
  const many = Math.min(1, Math.max(0, (distinct - fewValues) / (manyValues - fewValues)))
  const witnesses: Witness[] = []
  if (repetition >= 5) {
    const why = `few values (${distinct}) come again and again`
    // There may be few things of a kind: a house has a dozen gateways.
    const weight = name.role === 'identity' && distinct >= fewThings ? 1.4 : 4
    witnesses.push({ role: 'category', points: weight * confidence * (1 - many), why })
  }
  const isUnique = counts.values >= 30 && distinct >= counts.values * 0.9 && sample.repeated <= 1
  if (isUnique) witnesses.push({ role: 'unique', points: 5 * confidence, why: 'hardly a value comes twice' })
  else if (!isNumeric && counts.values >= 30 && sample.repeated > 2) {
    const why = `many values (about ${distinct}) come again`
    witnesses.push({ role: 'identity', points: 3 * confidence * many, why })
  }
  return witnesses
}

function hearNumbers(field: FieldSketch, name: FieldName, confidence: number): Witness[] {
  const { counts, sample } = field
  if (isEpoch(field))
    return [
      { role: 'time', points: 3, why: 'its values are seconds or milliseconds of these years, and rise' },
    ]
  const isQuoted = counts.numerals < counts.values / 2
  const digits = (value: number) => Math.floor(Math.abs(value)).toString().length
  const isNumbered =
    counts.least >= 1000 && digits(counts.least) === digits(counts.most) && sample.distinct > fewValues
  // Things are numbered from one on, too.
  const isSkewed = counts.most > 16 && counts.least <= 1 && name.role !== 'identity'
  return [
    { role: 'measure', points: isQuoted ? 0.5 : 1.2, why: 'its values are numbers' },
    { role: 'measure', points: 5 * Math.min(1, field.share('number') * 4), why: 'its values have decimals' },
    { role: 'measure', points: counts.negatives > 0 ? 3 : 0, why: 'its values fall below zero' },
    { role: 'measure', points: isSkewed ? 1.5 * confidence : 0, why: 'its values begin at zero' },
    { role: 'identity', points: isQuoted ? 1.2 : 0, why: 'its values are numbers in quotes' },
    {
      role: 'identity',
      points: isNumbered ? 4 * confidence : 0,
      why: 'its values are whole numbers of one length, far from zero',
    },
  ]
}

function hearWords(field: FieldSketch, confidence: number): Witness[] {
  const words = field.counts.words / field.counts.values
  const prose = field.share('prose')
  const short = field.share('word') + field.share('token') + field.share('coded')
  const isMany = field.sample.distinct > fewValues
  return [
    {
      role: 'text',
      points: words >= 3 ? 5 * Math.min(1, prose * 1.5) : 0,
      why: `its values have ${words.toFixed(1)} words on average`,
    },
    {
      role: 'identity',
      points: isMany ? 0.8 * confidence * short : 0,
      why: 'its values are short and without blanks',
    },
  ]
}

const epochSeconds = { from: 946_684_800, until: 4_102_444_800 }

/** Seconds, ms, µs or ns of the years 2000 to 2100. */
function isEpoch({ counts }: FieldSketch): boolean {
  if (!Number.isFinite(counts.least)) return false
  const isWithin = [1, 1e3, 1e6, 1e9].some(
    scale => counts.least >= epochSeconds.from * scale && counts.most < epochSeconds.until * scale,
  )
  return isWithin && (counts.values < 10 || counts.rising > counts.values * 0.6)
}
