// A pack tried on a sample: what it would find in those events, with examples, and what of it finds nothing.

import { fromUtf8 } from '../../base/bytes.ts'
import type { TextColumn } from '../../base/text-column.ts'
import type { InstalledPack } from '../../contract/pack.ts'
import {
  rowCode,
  rowWord,
  rowWords,
  type ScanFormat,
  type Scanner,
  type Tape,
} from '../../engine/tape/scan.ts'
import { compilePack } from '../../pack/compile.ts'
import type { Plan } from '../../pack/plan.ts'
import { type DerivedBatch, derive, type Skipped } from '../../pipeline/derive.ts'
import { RowCells } from '../../pipeline/derive-row.ts'
import type { CheckedBatch } from '../../segment/checked-batch.ts'
import { createRows } from '../../segment/rows.ts'

/** In the words of `--json`. */
export interface SampleReport {
  events: number
  /** lines that are no events */
  refused: number
  events_with_text: number
  distinct_texts: number
  texts: string[]
  nodes: { type: string; distinct: number; mentions: number; examples: string[] }[]
  edges: { type: string; count: number; examples: string[] }[]
  /** fields that the pack reads and no event has */
  fields_never_seen: string[]
  /** what was over a bound */
  skipped: Skipped
}

const examplesMax = 3
const textExamplesMax = 5

export function trySample(
  pack: InstalledPack,
  { body, format, scanner }: { body: Uint8Array; format: ScanFormat; scanner: Scanner },
): SampleReport {
  const plan = compilePack(pack)
  const trial = new Trial(plan)
  for (const tape of scanner.scan(body, format)) trial.add(body, tape)
  return trial.report()
}

class Trial {
  readonly #plan: Plan
  readonly #cells: RowCells
  #events = 0
  #refused = 0
  #eventsWithText = 0
  readonly #texts = new Set<string>()
  readonly #nodes: { keys: Set<string>; mentions: number }[]
  readonly #edges: { count: number; examples: Set<string> }[]
  readonly #seen = new Set<string>()
  readonly #skipped: Skipped = { longKeys: 0, longAttributes: 0, cutTexts: 0, cutArrays: 0, manyEdges: 0 }

  constructor(plan: Plan) {
    this.#plan = plan
    this.#cells = new RowCells(plan)
    this.#nodes = plan.types.map(() => ({ keys: new Set(), mentions: 0 }))
    this.#edges = plan.edgeTypes.map(() => ({ count: 0, examples: new Set() }))
  }

  add(body: Uint8Array, tape: Tape): void {
    const batch = batchOf(body, tape)
    const { count } = batch.accepted
    this.#events += count
    this.#refused += tape.rowCount - count
    for (let i = 0; i < count; i++) {
      this.#cells.load(batch.blocks[0]!, batch.accepted.row[i]!)
      this.#look()
    }
    this.#cells.leave()
    this.#count(derive(this.#plan, batch))
  }

  report(): SampleReport {
    const { types, edgeTypes } = this.#plan
    return {
      events: this.#events,
      refused: this.#refused,
      events_with_text: this.#eventsWithText,
      distinct_texts: this.#texts.size,
      texts: [...this.#texts].slice(0, textExamplesMax),
      nodes: types.map((type, i) => ({
        type,
        distinct: this.#nodes[i]!.keys.size,
        mentions: this.#nodes[i]!.mentions,
        examples: [...this.#nodes[i]!.keys].slice(0, examplesMax),
      })),
      edges: edgeTypes.map((type, i) => ({
        type,
        count: this.#edges[i]!.count,
        examples: [...this.#edges[i]!.examples],
      })),
      fields_never_seen: fieldNamesOf(this.#plan).filter(name => !this.#seen.has(name)),
      skipped: this.#skipped,
    }
  }

  /** Which fields the event at hand has. */
  #look(): void {
    const { fields, arrays } = this.#plan
    for (const [slot, name] of fields.entries()) if (this.#cells.readJson(slot)) this.#seen.add(name)
    for (const [array, { slot, fields: inner }] of arrays.entries())
      for (let element = 0; element < this.#cells.elementCounts[array]!; element++)
        for (const [innerSlot, name] of inner.entries())
          if (this.#cells.readJson(this.#cells.cellOf({ array, slot: innerSlot }, element)))
            this.#seen.add(elementName(fields[slot]!, name))
  }

  #count({ texts, textOf, nodes, mentions, edges, skipped }: DerivedBatch): void {
    for (const text of textOf) if (text >= 0) this.#eventsWithText++
    for (let text = 0; text < texts.offsets.length - 1; text++) this.#texts.add(textAt(texts, text))
    const keys = [...nodes.type].map((_, node) => textAt(nodes.keys, node))
    for (const [node, type] of nodes.type.entries()) this.#nodes[type]!.keys.add(keys[node]!)
    for (const node of mentions.node) this.#nodes[nodes.type[node]!]!.mentions++
    for (const [i, type] of edges.type.entries()) {
      const edge = this.#edges[type]!
      edge.count++
      const [from, to] = [edges.from[i]!, edges.to[i]!]
      const nameOf = (node: number) => `${nodes.types[nodes.type[node]!]} ${keys[node]}`
      if (edge.examples.size < examplesMax)
        edge.examples.add(`${nameOf(from)} -${edges.types[type]}-> ${nameOf(to)}`)
    }
    for (const name of Object.keys(skipped) as (keyof Skipped)[]) this.#skipped[name] += skipped[name]
  }
}

/** All events of a tape, as if they had been taken in. */
function batchOf(body: Uint8Array, tape: Tape): CheckedBatch {
  const batch = {
    seq: 0,
    batchId: '',
    ingestTimeMs: 0,
    source: '',
    pack: undefined,
    derivedIdPrefix: '',
    derivedIdFirst: 0,
  }
  const accepted = createRows(tape.rowCount)
  for (let row = 0; row < tape.rowCount; row++)
    if (tape.rows[row * rowWords + rowWord.code] === rowCode.fine) accepted.row[accepted.count++] = row
  return {
    batch,
    tenant: '',
    stream: '',
    fields: undefined,
    blocks: [{ batch, positionFirst: 0, body, tape }],
    segmentIds: [],
    accepted,
    refused: [],
    resolved: [],
    bytes: body.length,
  }
}

/** As the pack names them; an array itself is looked at for its elements alone. */
function fieldNamesOf({ fields, arrays }: Plan): string[] {
  const inner = arrays.flatMap(array => array.fields.map(name => elementName(fields[array.slot]!, name)))
  const isArray = (slot: number) => arrays.some(array => array.slot === slot)
  return [...fields.filter((_, slot) => !isArray(slot)), ...inner]
}

function elementName(array: string, name: string): string {
  return name === '' ? `${array}[]` : `${array}[].${name}`
}

function textAt({ data, offsets }: TextColumn, i: number): string {
  return fromUtf8(data.subarray(offsets[i]!, offsets[i + 1]!))
}
