// Which things events speak of. Fields of one object, or with one name before `_id` and `_name`, are told of one thing; so are
// fields whose values tell each other. One of them is its key, the others are its attributes. What was proposed before
// keeps its name and its key as long as they hold, since nodes of another name would be other nodes.

import type { Field, ProposedEntity } from './field.ts'
import { slugOf } from './field-name.ts'
import { contradicts, type RowWindow, tells } from './row-window.ts'

export const entitiesMax = 32
const attributesMax = 16

export function proposeEntities(
  fields: readonly Field[],
  window: RowWindow,
  before: readonly ProposedEntity[],
): ProposedEntity[] {
  const known = new Map(before.map(entity => [entity.holder, entity]))
  const groups = groupsOf(fields, window, known)
  const names = new Set(before.map(({ name }) => name))
  const entities: ProposedEntity[] = []
  for (const group of groups.slice(0, entitiesMax)) {
    const earlier = known.get(group.holder)
    const key = chooseKey(group.fields, earlier?.key.number)
    const name = earlier?.name ?? freeName(key, names)
    names.add(name)
    // Two kinds may turn out to be one; what was one stays one.
    const isOneOf = earlier !== undefined && earlier.type !== name
    const type = isOneOf ? earlier.type : typeOf(key, name, entities)
    entities.push({ name, type, holder: group.holder, key, attributes: [], why: whyEntity(group, key, type) })
  }
  giveAttributes(entities, fields, window, known)
  return entities
}

interface Group {
  holder: string
  fields: Field[]
}

/** Groups that are weighed against each other; the rest lie deeper or come more seldom. */
const groupsMax = 2 * entitiesMax

function groupsOf(
  fields: readonly Field[],
  window: RowWindow,
  known: ReadonlyMap<string, ProposedEntity>,
): Group[] {
  const byHolder = new Map<string, Group>()
  for (const field of fields) {
    if (field.role !== 'identity' && !isHub(field)) continue
    const { holder } = field.name
    const group = byHolder.get(holder)
    if (group) group.fields.push(field)
    else byHolder.set(holder, { holder, fields: [field] })
  }
  const ranked = [...byHolder.values()].map(group => ({ group, rank: rankOf(group, known) }))
  ranked.sort((a, b) => a.rank - b.rank || a.group.fields[0]!.number - b.group.fields[0]!.number)
  const first = ranked.slice(0, groupsMax).map(({ group }) => group)
  return joinWhatAgrees(
    first.flatMap(group => partWhatDisagrees(group, window)),
    window,
  )
}

const hubNames = new Set('channel namespace room topic queue team group forum'.split(' '))
const hubValues = { min: 3, max: 512 }
const hubRepetitionMin = 10

/** A category that is a place where things meet, by its name: walking from page to page through a namespace leads somewhere. */
function isHub({ role, sketch, name }: Field): boolean {
  if (role !== 'category' || name.isNested || sketch.counts.asType > 0) return false
  const { distinct } = sketch.sample
  if (distinct < hubValues.min || distinct > hubValues.max) return false
  if (sketch.counts.values < distinct * hubRepetitionMin || sketch.counts.numerals > 0) return false
  return hubNames.has(name.nouns[0] ?? '')
}

/** Fields of one name that are told of several things after all: the same value of the one comes with many of the other. */
function partWhatDisagrees(group: Group, window: RowWindow): Group[] {
  const key = chooseKey(group.fields, undefined)
  const apart = group.fields.filter(
    field => field !== key && contradicts(window.dependence(key.number, field.number)),
  )
  const rest = group.fields.filter(field => !apart.includes(field))
  return [
    { holder: group.holder, fields: rest },
    ...apart.map(field => ({ holder: field.name.path, fields: [field] })),
  ]
}

/** Times that each of two fields must have told the other before they are taken for one thing. */
const joinRepeatsMin = 20

/** Two names for one thing: each value of the one always comes with the same value of the other, both ways. */
function joinWhatAgrees(groups: readonly Group[], window: RowWindow): Group[] {
  const joined: Group[] = []
  for (const group of groups) {
    const key = chooseKey(group.fields, undefined)
    const same = joined.find(other => isSame(chooseKey(other.fields, undefined), key, window))
    if (same) same.fields.push(...group.fields)
    else joined.push({ ...group, fields: [...group.fields] })
  }
  return joined
}

function isSame(a: Field, b: Field, window: RowWindow): boolean {
  const areNamedApart = a.name.role === 'identity' && b.name.role === 'identity'
  if (areNamedApart || a.role !== 'identity' || b.role !== 'identity') return false
  const there = window.dependence(a.number, b.number)
  if (there.repeats < joinRepeatsMin || there.agreement < 0.99 || !tells(there)) return false
  const back = window.dependence(b.number, a.number)
  return back.repeats >= joinRepeatsMin && back.agreement >= 0.99 && tells(back)
}

/** What is known already comes first, then what lies high in the event and comes often: a level weighs as much as three times the events. */
function rankOf({ holder, fields }: Group, known: ReadonlyMap<string, ProposedEntity>): number {
  if (known.has(holder)) return Number.NEGATIVE_INFINITY
  const rows = Math.max(...fields.map(({ sketch }) => sketch.counts.rows))
  return Math.min(...fields.map(({ name }) => name.depth)) - 2 * Math.log10(1 + rows)
}

/** A key must be there nearly whenever the thing is, and tell about as many apart as any; one that is in use may do a little worse. */
const keyShareMin = 0.8
const usedKeyShareMin = 0.6

function chooseKey(fields: readonly Field[], before: number | undefined): Field {
  const distinctMost = Math.max(...fields.map(({ sketch }) => sketch.sample.distinct))
  const rowsMost = Math.max(...fields.map(({ sketch }) => sketch.counts.rows))
  const isFit = ({ sketch: { sample, counts } }: Field, share: number) =>
    sample.distinct >= distinctMost * share && counts.rows >= rowsMost * share
  const used = fields.find(field => field.number === before && isFit(field, usedKeyShareMin))
  if (used) return used
  const fit = fields.filter(field => isFit(field, keyShareMin))
  return (fit.length > 0 ? fit : fields).reduce((best, field) =>
    unease(field) < unease(best) ? field : best,
  )
}

/** How ill a field serves as a key: one that is named as such is best, then a login is better than a number or an address. */
function unease({ sketch, name }: Field): number {
  const isFullName = sketch.share('phrase') + sketch.share('prose') > 0.3 && name.label !== ''
  return (
    (name.role === 'identity' ? 0 : 2.5) +
    sketch.share('email') +
    2 * sketch.share('integer') +
    (isFullName ? 2.5 : 0) +
    3 * (sketch.share('uuid') + sketch.share('hash')) +
    4 * sketch.share('url')
  )
}

function freeName({ name, number }: Field, taken: ReadonlySet<string>): string {
  const nouns = name.nouns.length > 0 ? name.nouns : [`field_${number}`]
  const free = nouns.find(noun => !taken.has(noun))
  if (free !== undefined) return free
  let count = 2
  while (taken.has(`${nouns.at(-1)!.slice(0, 58)}_${count}`)) count++
  return `${nouns.at(-1)!.slice(0, 58)}_${count}`
}

const overlapMin = { common: 8, share: 0.3 }

/** Two of a kind: they are called the same, or have many values in common that are no mere numbers. */
function typeOf(key: Field, name: string, entities: readonly ProposedEntity[]): string {
  const noun = key.name.nouns[0]
  const alike = entities.find(other => {
    if (other.name === noun && key.name.depth > 0) return true
    if (key.sketch.share('integer') > 0.5) return false
    const { common, share } = key.sketch.sample.overlap(other.key.sketch.sample)
    return common >= overlapMin.common && share >= overlapMin.share
  })
  return alike?.type ?? name
}

function giveAttributes(
  entities: readonly ProposedEntity[],
  fields: readonly Field[],
  window: RowWindow,
  known: ReadonlyMap<string, ProposedEntity>,
): void {
  const keys = new Set(entities.map(({ key }) => key.number))
  for (const field of fields) {
    if (keys.has(field.number) || !isTold(field)) continue
    const owner = ownerOf(field, entities, window, known)
    if (!owner || owner.attributes.length === attributesMax) continue
    const name = attributeName(field, owner)
    if (!owner.attributes.some(attribute => attribute.name === name)) owner.attributes.push({ name, field })
  }
}

/** Roles that may tell something of a thing. Measures tell of the event, and there are too many links. */
function isTold({ role, name, sketch }: Field): boolean {
  if (sketch.counts.asType > 0) return false
  if (role === 'link') return /(^|\.)(html_)?url$/.test(name.path)
  return role === 'identity' || role === 'category' || role === 'flag'
}

/** Of all the things that tell it, the one of which there are fewest tells it best: a country belongs to a city, not to each order. */
function ownerOf(
  field: Field,
  entities: readonly ProposedEntity[],
  window: RowWindow,
  known: ReadonlyMap<string, ProposedEntity>,
): ProposedEntity | undefined {
  const { holder } = field.name
  const candidates = entities.filter(({ key, holder: own }) => {
    if (arrayOf(key) !== arrayOf(field)) return false
    const isNear = own === holder || own === parentOf(field)
    const wasTold = known.get(own)?.attributes.some(told => told.field.number === field.number) ?? false
    if (!isNear && !wasTold && (field.role !== 'category' || field.name.isNested)) return false
    const dependence = window.dependence(key.number, field.number)
    if (isNear || wasTold) return !contradicts(dependence)
    return dependence.repeats >= strangerRepeatsMin && tells(dependence)
  })
  const near = candidates.filter(({ holder: own }) => own === holder || own === parentOf(field))
  return (near.length > 0 ? near : candidates).reduce<ProposedEntity | undefined>(
    (best, entity) =>
      best && best.key.sketch.sample.distinct <= entity.key.sketch.sample.distinct ? best : entity,
    undefined,
  )
}

/** Times that a thing must have come with the same value of a field that is not named after it. */
const strangerRepeatsMin = 20

/** What is said in an array is said of its elements. */
function arrayOf({ name }: Field): string {
  return name.path.slice(0, name.path.indexOf('[]') + 1)
}

function parentOf({ name }: Field): string {
  return name.path.slice(0, Math.max(0, name.path.lastIndexOf('.'))).replaceAll('[]', '')
}

function attributeName({ name, number }: Field, owner: ProposedEntity): string {
  const own = name.holder === owner.holder ? name.label : ''
  return slugOf(own || name.path.split('.').at(-1)!) || `field_${number}`
}

function whyEntity({ fields }: Group, key: Field, type: string): string {
  const others = fields.filter(field => field !== key).map(({ name }) => name.path)
  const together = others.length > 0 ? `, and ${others.slice(0, 3).join(', ')} tell of the same one` : ''
  return `${key.name.path} tells one ${type} from another: ${key.why[0]}${together}`
}
