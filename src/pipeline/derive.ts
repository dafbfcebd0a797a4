// What the events of a batch say and mention, by a plan: their nodes, edges, attributes and texts, read off the tapes. No
// event object is built, and each distinct key and text is kept once.
//
//   key         one field as its text; several joined by |, in which | and \ are escaped by \
//   mentioned   with all parts of the key that must be there, and all of `when`
//   edge        where both ends are mentioned; elements of one array are linked with themselves, and of two with each other

import { ByteTable } from '../base/byte-table.ts'
import type { EdgePlan, EntityPlan, FieldRef, Plan } from '../pack/plan.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import type { Derived } from '../segment/derived.ts'
import { AttributeColumns, EdgeColumns, NodeColumns } from './derive-columns.ts'
import { type About, conditionsHold, elementOf } from './derive-conditions.ts'
import { KeyWriter, keyBytesMax } from './derive-key.ts'
import { arrayElementsMax, RowCells } from './derive-row.ts'
import { TextWriter } from './derive-text.ts'

/** Bytes of an attribute's value; a longer one is not told, and that is counted. */
export const attributeBytesMax = 1024

/** What was over a bound, and so is not in what was derived. */
export interface Skipped {
  longKeys: number
  longAttributes: number
  cutTexts: number
  cutArrays: number
  manyEdges: number
}

export interface DerivedBatch extends Derived {
  skipped: Skipped
}

/** @returns row i is row i of the batch's accepted events */
export function derive(plan: Plan, batch: CheckedBatch): DerivedBatch {
  let deriver = derivers.get(plan)
  if (!deriver) derivers.set(plan, (deriver = new Deriver(plan)))
  return deriver.derive(batch)
}

/** What a plan is run with is made once, and goes with the plan. */
const derivers = new WeakMap<Plan, Deriver>()

const notMentioned = -1

class Deriver {
  readonly #plan: Plan
  readonly #cells: RowCells
  readonly #nodes: NodeColumns
  readonly #edges: EdgeColumns
  readonly #attributes: AttributeColumns
  readonly #writer = new TextWriter()
  readonly #key = new KeyWriter()
  #texts = new ByteTable()
  /** by entity, by element: the node that the row at hand mentions; and how many elements there are */
  readonly #mentioned: Int32Array[]
  readonly #elementCounts: number[]
  readonly #about: About = { array: -1, element: -1, otherArray: -1, otherElement: -1 }
  #longKeys = 0
  #longAttributes = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#cells = new RowCells(plan)
    this.#nodes = new NodeColumns(plan.types)
    this.#edges = new EdgeColumns(plan.edgeTypes)
    this.#attributes = new AttributeColumns(plan.attributeNames)
    this.#mentioned = plan.entities.map(({ array }) => new Int32Array(array < 0 ? 1 : arrayElementsMax))
    this.#elementCounts = plan.entities.map(() => 0)
  }

  derive({ accepted, blocks }: CheckedBatch): DerivedBatch {
    this.#begin()
    const textOf = new Int32Array(accepted.count)
    for (let row = 0; row < accepted.count; row++) {
      this.#cells.load(blocks[accepted.block[row]!]!, accepted.row[row]!)
      this.#relate(row)
      textOf[row] = this.#describe()
    }
    const derived = {
      rowCount: accepted.count,
      texts: this.#texts.column(),
      textOf,
      ...this.#nodes.finish(),
      edges: this.#edges.finish(),
      attributes: this.#attributes.finish(),
      skipped: {
        longKeys: this.#longKeys,
        longAttributes: this.#longAttributes,
        cutTexts: this.#writer.cutTexts,
        cutArrays: this.#cells.cutArrays,
        manyEdges: this.#edges.skipped,
      },
    }
    this.#cells.leave()
    return derived
  }

  #begin(): void {
    this.#nodes.begin()
    this.#edges.begin()
    this.#attributes.begin()
    this.#texts = new ByteTable()
    this.#writer.cutTexts = 0
    this.#longKeys = 0
    this.#longAttributes = 0
  }

  #relate(row: number): void {
    const { entities, edges } = this.#plan
    for (let i = 0; i < entities.length; i++) this.#mention(row, i)
    this.#edges.beginRow(row)
    for (let i = 0; i < edges.length; i++) this.#link(edges[i]!)
  }

  /** @returns the row's text, -1 for none */
  #describe(): number {
    const { text } = this.#plan
    if (text.length === 0 || !this.#writer.write(this.#cells, text)) return -1
    return this.#texts.add(this.#writer.bytes, 0, this.#writer.length)
  }

  #mention(row: number, index: number): void {
    const entity = this.#plan.entities[index]!
    const elementCount = entity.array < 0 ? 1 : this.#cells.elementCounts[entity.array]!
    const mentioned = this.#mentioned[index]!
    for (let element = 0; element < elementCount; element++)
      mentioned[element] = this.#mentionOne(row, entity, element)
    this.#elementCounts[index] = elementCount
  }

  /** @returns the node, or notMentioned */
  #mentionOne(row: number, entity: EntityPlan, element: number): number {
    const cells = this.#cells
    if (entity.when.length > 0 && !conditionsHold(cells, entity.when, this.#of(entity.array, element)))
      return notMentioned
    if (!this.#readKey(entity, element)) return notMentioned
    if (cells.end - cells.start > keyBytesMax) {
      this.#longKeys++
      return notMentioned
    }
    const node = this.#nodes.mention(row, entity.type, cells)
    const { attributes } = entity
    for (let i = 0; i < attributes.length; i++) {
      const { name, field } = attributes[i]!
      if (!cells.readJson(cells.cellOf(field, element))) continue
      if (cells.end - cells.start > attributeBytesMax) this.#longAttributes++
      else this.#attributes.tell(row, node, name, cells)
    }
    return node
  }

  /** Leaves the key where `RowCells.read` leaves a value. @returns false where a part is missing that must be there */
  #readKey({ key }: EntityPlan, element: number): boolean {
    const cells = this.#cells
    for (let i = 0; i < key.length; i++) {
      const { field, isOptional } = key[i]!
      if (!isOptional && !cells.isPresent(cells.cellOf(field, element))) return false
    }
    if (key.length === 1) {
      cells.read(cells.cellOf(key[0]!.field, element))
      return true
    }
    const writer = this.#key
    writer.length = 0
    for (let i = 0; i < key.length; i++) {
      if (i > 0) writer.separate()
      const cell = cells.cellOf(key[i]!.field, element)
      if (!cells.isPresent(cell)) continue
      cells.read(cell)
      writer.part(cells.bytes, cells.start, cells.end)
    }
    cells.bytes = writer.bytes
    cells.start = 0
    cells.end = writer.length
    return true
  }

  #link(edge: EdgePlan): void {
    const { entities } = this.#plan
    const sources = this.#mentioned[edge.from]!
    const targets = this.#mentioned[edge.to]!
    const sourceCount = this.#elementCounts[edge.from]!
    const targetCount = this.#elementCounts[edge.to]!
    const fromArray = entities[edge.from]!.array
    const toArray = entities[edge.to]!.array
    const isPlain = edge.when.length === 0 && edge.weight === undefined
    const isByElement = fromArray >= 0 && fromArray === toArray
    for (let i = 0; i < sourceCount; i++) {
      if (sources[i] === notMentioned) continue
      const until = isByElement ? i + 1 : targetCount
      for (let j = isByElement ? i : 0; j < until; j++) {
        if (targets[j] === notMentioned) continue
        if (isPlain) this.#edges.link(edge.type, sources[i]!, targets[j]!, 1)
        else this.#linkIf(edge, this.#of(fromArray, i, toArray, j))
      }
    }
  }

  #linkIf(edge: EdgePlan, about: About): void {
    if (!conditionsHold(this.#cells, edge.when, about)) return
    const from = this.#mentioned[edge.from]![about.element]!
    const to = this.#mentioned[edge.to]![about.otherElement]!
    if (edge.weight) this.#edges.link(edge.type, from, to, this.#weightOf(edge.weight, about), true)
    else this.#edges.link(edge.type, from, to, 1)
  }

  /** @returns 0 where there is no number that could be added up */
  #weightOf(field: FieldRef, about: About): number {
    const cells = this.#cells
    const cell = cells.cellOf(field, elementOf(field.array, about))
    if (!cells.isPresent(cell)) return 0
    cells.read(cell)
    const weight = numberOf(cells.bytes, cells.start, cells.end)
    return Number.isFinite(weight) && weight > 0 ? weight : 0
  }

  #of(array: number, element: number, otherArray = -1, otherElement = -1): About {
    const about = this.#about
    about.array = array
    about.element = element
    about.otherArray = otherArray
    about.otherElement = otherElement
    return about
  }
}

/** Digits that a weight is read of; nothing longer is a number that somebody meant. */
const weightCharsMax = 64

function numberOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > weightCharsMax) return Number.NaN
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text.trim() === '' ? Number.NaN : Number(text)
}
