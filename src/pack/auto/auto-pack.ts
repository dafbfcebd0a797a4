// The pack that needs no configuration: it watches events and decides what they mention and what they say. It is a function of
// the batches it was shown, in their order, and of nothing else, so that replay decides the same; its memory is bounded; and
// its version rises exactly when the document changes.

import type { InstalledPack } from '../../contract/pack.ts'
import { parseFieldPath } from '../field-path.ts'
import { composePack, proposeText } from './compose.ts'
import { hashValue } from './distinct-sample.ts'
import { proposeEdges } from './edges.ts'
import { proposeEntities } from './entities.ts'
import { type Explanation, explain } from './explain.ts'
import { type Field, nothingProposed, type Proposal } from './field.ts'
import { readName } from './field-name.ts'
import { FieldSketch, type FieldSnapshot, type ValueFacts } from './field-sketch.ts'
import { judge, type Role } from './judge.ts'
import type { Observation } from './observation.ts'
import { RowWindow, type WindowSnapshot } from './row-window.ts'
import { freshPause, isSampled, nextDecision } from './sampling.ts'

/** Fields that are watched; those that come later are not. */
export const fieldsMax = 1024
/** Of them, so many may lie five levels deep or deeper: what lies high says more. */
const deepFieldsMax = 256
const deepLevels = 5
const pathCharsMax = 256

/** Plain data, to be kept with whatever else makes up the writer's state. */
export interface AutoSnapshot {
  format: 1
  eventCount: number
  rowCount: number
  decidedAt: number
  isPending: boolean
  version: number
  fields: (FieldSnapshot & { role: Role; why: string[] })[]
  window: WindowSnapshot
  proposal: ProposalSnapshot
}

interface ProposalSnapshot {
  entities: {
    name: string
    type: string
    holder: string
    key: number
    attributes: [string, number][]
    why: string
  }[]
  edges: {
    from: string
    type: string
    to: string
    field: number | null
    values: string[]
    isNot: boolean
    why: string
  }[]
  text: number[]
}

export class AutoPack {
  #eventCount = 0
  #deepFields = 0
  #rowCount = 0
  #decidedAt = 0
  #isPending = false
  readonly #fields: Field[] = []
  readonly #numbers = new Map<string, number>()
  #window = new RowWindow()
  #proposal: Proposal = nothingProposed
  #pack: InstalledPack = composePack(nothingProposed, 1)

  static start(): AutoPack {
    return new AutoPack()
  }

  /** As of the last batch that was shown; the same object as long as nothing was decided anew. */
  get pack(): InstalledPack {
    return this.#pack
  }

  /** Shall the event that comes after so many others of the next batch be looked at? */
  wants(position: number): boolean {
    return isSampled(this.#eventCount + position)
  }

  /** Is the field watched, or turned away for good? An event with one that is neither is worth a look. */
  knows(path: string): boolean {
    return this.#numbers.has(path) || !this.#isRoomFor(path)
  }

  /** To be shown each batch, before it is derived. */
  observe(observation: Observation): void {
    const isFresh = this.#take(observation)
    const next = nextDecision(this.#eventCount)
    this.#eventCount += observation.eventCount
    this.#isPending ||= isFresh
    if (this.#eventCount >= next) this.#decide('all')
    else if (this.#isPending && this.#eventCount - this.#decidedAt >= this.#eventCount * freshPause)
      this.#decide('new')
  }

  explain(): Explanation {
    return explain(this.#fields, this.#proposal, {
      eventCount: this.#eventCount,
      rowCount: this.#rowCount,
      pack: this.#pack,
    })
  }

  snapshot(): AutoSnapshot {
    return {
      format: 1,
      eventCount: this.#eventCount,
      rowCount: this.#rowCount,
      decidedAt: this.#decidedAt,
      isPending: this.#isPending,
      version: this.#pack.version,
      fields: this.#fields.map(({ sketch, role, why }) => ({ ...sketch.toSnapshot(), role, why })),
      window: this.#window.toSnapshot(),
      proposal: flatten(this.#proposal),
    }
  }

  /** @param snapshot  what `snapshot` gave, perhaps through JSON; from there on it decides as the other would have */
  static restore(snapshot: AutoSnapshot): AutoPack {
    const auto = new AutoPack()
    auto.#eventCount = snapshot.eventCount
    auto.#rowCount = snapshot.rowCount
    auto.#decidedAt = snapshot.decidedAt
    auto.#isPending = snapshot.isPending
    for (const field of snapshot.fields) {
      auto.#addField(FieldSketch.fromSnapshot(field), field.role, field.why)
    }
    auto.#window = RowWindow.fromSnapshot(snapshot.window)
    auto.#proposal = unflatten(snapshot.proposal, auto.#fields)
    auto.#pack = composePack(auto.#proposal, snapshot.version)
    return auto
  }

  /** @returns whether a field came that is new */
  #take({ rowCount, names, row, name, kind, part, values }: Observation): boolean {
    const known = this.#fields.length
    const numbers = Int32Array.from(names, path => this.#numberOf(path))
    const facts: ValueFacts = { kind: 0, part: 0, hash: 0 }
    let cell = 0
    for (let at = 0; at < rowCount; at++) {
      this.#window.beginRow()
      this.#rowCount++
      for (; cell < row.length && row[cell] === at; cell++) {
        const number = numbers[name[cell]!]!
        if (number < 0) continue
        const start = values.offsets[cell]!
        const end = values.offsets[cell + 1]!
        facts.kind = kind[cell]!
        facts.part = part[cell]!
        facts.hash = hashValue(values.data, start, end)
        const { sketch } = this.#fields[number]!
        sketch.add(values.data, start, end, facts)
        if (this.#window.put(number, facts.hash)) sketch.counts.rows++
      }
    }
    return this.#fields.length > known
  }

  #numberOf(path: string): number {
    const known = this.#numbers.get(path)
    if (known !== undefined) return known
    return this.#isRoomFor(path) ? this.#addField(new FieldSketch(path), 'unknown', []).number : -1
  }

  #isRoomFor(path: string): boolean {
    if (this.#fields.length === fieldsMax || path.length > pathCharsMax) return false
    if (this.#deepFields === deepFieldsMax && path.split('.').length >= deepLevels) return false
    return typeof parseFieldPath(path) !== 'string'
  }

  #addField(sketch: FieldSketch, role: Role, why: string[]): Field {
    const field = { number: this.#fields.length, sketch, name: readName(sketch.path), role, why }
    this.#fields.push(field)
    if (field.name.depth >= deepLevels) this.#deepFields++
    this.#numbers.set(sketch.path, field.number)
    return field
  }

  /** A new field is no reason to think again of the others. */
  #decide(which: 'all' | 'new'): void {
    for (const field of this.#fields) {
      if (which === 'new' && field.role !== 'unknown') continue
      Object.assign(field, judge(field.sketch, field.name, field.role))
    }
    this.#window.settle()
    const before = this.#proposal
    const entities = proposeEntities(this.#fields, this.#window, before.entities)
    const edges = proposeEdges(entities, this.#fields, this.#window, before.edges)
    this.#proposal = { entities, edges, text: proposeText(this.#fields, entities) }
    this.#decidedAt = this.#eventCount
    this.#isPending = false
    const { version } = this.#pack
    const isSame = JSON.stringify(composePack(this.#proposal, version)) === JSON.stringify(this.#pack)
    if (!isSame) this.#pack = composePack(this.#proposal, version + 1)
  }
}

function flatten({ entities, edges, text }: Proposal): ProposalSnapshot {
  return {
    entities: entities.map(({ key, attributes, ...entity }) => ({
      ...entity,
      key: key.number,
      attributes: attributes.map(({ name, field }) => [name, field.number]),
    })),
    edges: edges.map(({ when, ...edge }) => ({
      ...edge,
      field: when?.field.number ?? null,
      values: when ? ('is' in when ? [when.is] : when.not) : [],
      isNot: when !== undefined && 'not' in when,
    })),
    text: text.map(({ number }) => number),
  }
}

function unflatten({ entities, edges, text }: ProposalSnapshot, fields: readonly Field[]): Proposal {
  return {
    entities: entities.map(entity => ({
      ...entity,
      key: fields[entity.key]!,
      attributes: entity.attributes.map(([name, number]) => ({ name, field: fields[number]! })),
    })),
    edges: edges.map(({ field, values, isNot, ...edge }) => {
      if (field === null) return edge
      return {
        ...edge,
        when: isNot ? { field: fields[field]!, not: values } : { field: fields[field]!, is: values[0]! },
      }
    }),
    text: text.map(number => fields[number]!),
  }
}
