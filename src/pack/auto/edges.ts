// What events connect. Most events say that somebody did something with something: the subject is the thing that acts, and
// each other thing that an event speaks of is linked to it, by the event's type where it has few.

import { hashValue } from './distinct-sample.ts'
import type { Field, ProposedEdge, ProposedEntity } from './field.ts'
import { slugOf } from './field-name.ts'
import { fold, verbNames } from './lexicon.ts'
import { type RowWindow, tells } from './row-window.ts'

export const edgesMax = 96
/** With more types of events than these they are too many to name edges after. */
const verbsMax = 16

export function proposeEdges(
  entities: readonly ProposedEntity[],
  fields: readonly Field[],
  window: RowWindow,
  before: readonly ProposedEdge[],
): ProposedEdge[] {
  const subject = subjectOf(entities, window, before[0]?.from)
  if (!subject) return []
  const verb = verbOf(fields)
  const edges: ProposedEdge[] = []
  for (const [source, object] of pairsAround(subject, entities)) {
    const isStanding = isTold(source, object, { window, before })
    const named = verb && !isStanding ? verbsBetween(source, object, { verb, window, before }) : []
    const isRoom = edges.length + named.length + entities.length <= edgesMax
    edges.push(...(isRoom && named.length > 0 ? named : [plainEdge(source, object)]))
  }
  return [...edges, ...edgesWithin(entities, { subject, window, before })].slice(0, edgesMax)
}

/** Times that a thing must have come with one other alone, to be taken to belong to it. */
const belongRepeatsMin = 20

interface Evidence {
  window: RowWindow
  before: readonly ProposedEdge[]
}

/** Does the one always come with the same other, whatever happens: a member with an affiliate? What was so may have exceptions. */
function isTold(source: ProposedEntity, object: ProposedEntity, { window, before }: Evidence): boolean {
  const wasSo = before.some(({ from, to, when }) => from === source.name && to === object.name && !when)
  const dependence = window.dependence(source.key.number, object.key.number)
  const isClear = dependence.repeats >= belongRepeatsMin && tells(dependence)
  return isClear || (wasSo && dependence.agreement >= 0.8)
}

/** So many things meet in an event in which nobody acts. */
const meetingMax = 4

/** The subject with each other thing. Where it is not clear who acts, each thing that an event speaks of with each other. */
function pairsAround(
  subject: ProposedEntity,
  entities: readonly ProposedEntity[],
): [ProposedEntity, ProposedEntity][] {
  const others = entities.filter(entity => entity !== subject)
  const { name, sketch } = subject.key
  const isClear = name.isPerson || sketch.counts.asEntity > sketch.counts.values / 2
  const things = others.filter(({ key }) => key.role === 'identity')
  const isMeeting = !isClear && things.length < meetingMax
  const meetings = isMeeting ? things.flatMap((a, i) => things.slice(i + 1).map(b => [a, b] as const)) : []
  return [...others.map(object => [subject, object] as const), ...meetings].map(([a, b]) => [a, b])
}

/** What is the subject stays it unless another is clearly likelier. */
const subjectMargin = 1.5

/** Who acts is named so, comes in nearly all events, lies high in them, and is told by other things: each session has one user. */
function subjectOf(
  entities: readonly ProposedEntity[],
  window: RowWindow,
  before: string | undefined,
): ProposedEntity | undefined {
  const rowsMost = Math.max(1, ...entities.map(({ key }) => key.sketch.counts.rows))
  const scoreOf = (entity: ProposedEntity): number => {
    const { sketch, name, role } = entity.key
    const tellers = entities.filter(
      other => other !== entity && tells(window.dependence(other.key.number, entity.key.number)),
    )
    return (
      (name.isPerson ? 3 : 0) +
      (role === 'identity' ? 1 : 0) +
      (4 * sketch.counts.asEntity) / Math.max(1, sketch.counts.values) +
      (3 * sketch.counts.rows) / rowsMost +
      2 / name.depth +
      Math.min(1.5, tellers.length * 0.5) +
      (entity.name === before ? subjectMargin : 0)
    )
  }
  const scores = entities.map(entity => ({ entity, score: scoreOf(entity) }))
  return scores.reduce((best, next) => (next.score > best.score ? next : best), scores[0]!)?.entity
}

/** The field that says what happened. */
function verbOf(fields: readonly Field[]): Field | undefined {
  const candidates = fields.filter(({ role, sketch }) => {
    const count = sketch.knownValues?.length ?? 0
    return role === 'category' && count > 0 && count <= verbsMax && sketch.counts.numerals === 0
  })
  return (
    candidates.find(({ sketch }) => sketch.counts.asType > sketch.counts.values / 2) ??
    candidates.find(({ name }) => verbNames.has(fold(name.path)))
  )
}

interface Verbs {
  verb: Field
  window: RowWindow
  before: readonly ProposedEdge[]
}

function verbsBetween(
  subject: ProposedEntity,
  object: ProposedEntity,
  { verb, window, before }: Verbs,
): ProposedEdge[] {
  const between = { from: subject.name, to: object.name }
  const seen = (verb.sketch.knownValues ?? []).filter(value => {
    const bytes = encoder.encode(value)
    const known = before.some(
      ({ from, to, when }) =>
        from === between.from && to === between.to && when && 'is' in when && when.is === value,
    )
    const isSeen =
      known || window.togetherWith(verb.number, hashValue(bytes, 0, bytes.length), object.key.number)
    return isSeen && verbSlug(value) !== ''
  })
  if (seen.length === 0) return []
  const named = seen.map(value => ({
    ...between,
    type: verbSlug(value),
    when: { field: verb, is: value },
    why: `events with ${verb.name.path} = ${value} speak of both`,
  }))
  const rest = { ...plainEdge(subject, object), when: { field: verb, not: seen } }
  return [...named, rest]
}

const encoder = new TextEncoder()

/** `push` of `PushEvent`, `order_paid` of `order.paid` */
function verbSlug(value: string): string {
  return slugOf(value).replace(/_event$/, '')
}

/** An edge is called after the part that its object plays, where it is not simply the object's type. */
function plainEdge(subject: ProposedEntity, object: ProposedEntity): ProposedEdge {
  return {
    from: subject.name,
    type: object.name === object.type ? 'with' : `with_${object.name}`.slice(0, 63),
    to: object.name,
    why: `events speak of ${subject.name} and ${object.name}`,
  }
}

interface Around extends Evidence {
  subject: ProposedEntity
}

/** What belongs to what, apart from the subject: each page lies in one channel. What does so only by way of the subject does not. */
function edgesWithin(
  entities: readonly ProposedEntity[],
  { subject, window, before }: Around,
): ProposedEdge[] {
  const within = before.filter(({ type }) => type === 'in')
  const edges: ProposedEdge[] = []
  for (const outer of entities) {
    if (outer === subject) continue
    const isOfSubject = isAlways(subject, outer, window)
    for (const inner of entities) {
      if (inner === outer || inner === subject) continue
      if (outer.key.sketch.sample.distinct * 2 > inner.key.sketch.sample.distinct) continue
      if (!isTold(inner, outer, { window, before: within })) continue
      if (isOfSubject && isAlways(inner, subject, window)) continue
      const why = `each ${inner.name} came with one ${outer.name} alone`
      edges.push({ from: inner.name, type: 'in', to: outer.name, why })
    }
  }
  return edges
}

/** Without exceptions worth the name. */
function isAlways(source: ProposedEntity, object: ProposedEntity, window: RowWindow): boolean {
  const dependence = window.dependence(source.key.number, object.key.number)
  return dependence.repeats >= belongRepeatsMin && dependence.agreement >= 0.99
}
