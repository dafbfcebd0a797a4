// What a plan's fields hold in one event: for each field of the event, and of each element of its arrays, a cell that says
// where in the body its value lies. Nothing is copied and nothing is made for a row.
//
//   cells   [ fields of the event │ elements × fields of array 0 │ elements × fields of array 1 │ … ]

import { toUtf8 } from '../base/bytes.ts'
import { rowWord, rowWords, tokenKind, tokenWords } from '../engine/tape/scan.ts'
import type { FieldRef, Plan } from '../pack/plan.ts'
import type { Block } from '../segment/rows.ts'
import { unescaped } from '../segment/token.ts'
import { WantedFields, walkElements } from './derive-elements.ts'

/** Elements of an array that are looked at; what comes behind them is left out, and counted. */
export const arrayElementsMax = 256

const noSlot = -1
const noBytes = new Uint8Array(0)

export class RowCells {
  readonly #plan: Plan
  readonly #wanted: WantedFields[]
  readonly #slotOf: ReadonlyMap<string, number>
  #block: Block | undefined
  /** i16[paths of the tape] */
  #slots = new Int16Array(0)
  #start: Uint32Array
  /** bytes << 3 | kind, as on the tape */
  #size: Uint32Array
  /** by array: its first cell, and how many elements it has in this row */
  readonly #cellFirst: number[]
  readonly elementCounts: number[]
  /** arrays that were longer than is looked at */
  cutArrays = 0

  /** The value that `read` found: bytes [start, end) */
  bytes: Uint8Array = noBytes
  start = 0
  end = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#wanted = plan.arrays.map(({ fields }) => new WantedFields(fields))
    this.#slotOf = new Map(plan.fields.map((path, slot) => [path, slot]))
    this.#start = new Uint32Array(plan.fields.length + 64)
    this.#size = new Uint32Array(plan.fields.length + 64)
    this.#cellFirst = plan.arrays.map(() => 0)
    this.elementCounts = plan.arrays.map(() => 0)
  }

  /** Lets go of the batch. */
  leave(): void {
    this.#block = undefined
    this.bytes = noBytes
    this.cutArrays = 0
  }

  load(block: Block, row: number): void {
    if (block !== this.#block) this.#enter(block)
    const { rows, tokens } = block.tape
    const slots = this.#slots
    const starts = this.#start
    const sizes = this.#size
    const fieldCount = this.#plan.fields.length
    for (let slot = 0; slot < fieldCount; slot++) sizes[slot] = 0
    const first = rows[row * rowWords + rowWord.tokenStart]! * tokenWords
    const end = first + rows[row * rowWords + rowWord.tokenCount]! * tokenWords
    for (let at = first; at < end; at += tokenWords) {
      const slot = slots[tokens[at]!]!
      if (slot === noSlot) continue
      starts[slot] = tokens[at + 1]!
      sizes[slot] = tokens[at + 2]!
    }
    if (this.#wanted.length > 0) this.#loadArrays(block.body)
  }

  /** @param element  of the field's array; without meaning for a field of the event */
  cellOf({ array, slot }: FieldRef, element: number): number {
    if (array < 0) return slot
    return this.#cellFirst[array]! + element * this.#plan.arrays[array]!.fields.length + slot
  }

  /** A scalar that is neither null nor the empty string. */
  isPresent(cell: number): boolean {
    const size = this.#size[cell]!
    const kind = size & 7
    return size >>> 3 !== 0 && kind !== tokenKind.null && kind !== tokenKind.json
  }

  /** Finds the value of a cell that is present: strings unescaped, everything else as it is written. */
  read(cell: number): void {
    const { body } = this.#block!
    const start = this.#start[cell]!
    const size = this.#size[cell]!
    const end = start + (size >>> 3)
    if ((size & 7) === tokenKind.escaped) {
      this.bytes = toUtf8(unescaped(body.subarray(start, end)))
      this.start = 0
      this.end = this.bytes.length
      return
    }
    this.bytes = body
    this.start = start
    this.end = end
  }

  /** Finds the value as it is written, quotes and arrays included. @returns false where it is null or empty */
  readJson(cell: number): boolean {
    const size = this.#size[cell]!
    const kind = size & 7
    if (size >>> 3 === 0 || kind === tokenKind.null) return false
    const quote = kind === tokenKind.string || kind === tokenKind.escaped ? 1 : 0
    this.bytes = this.#block!.body
    this.start = this.#start[cell]! - quote
    this.end = this.#start[cell]! + (size >>> 3) + quote
    return true
  }

  #enter(block: Block): void {
    this.#block = block
    const { paths } = block.tape
    this.#slots = new Int16Array(paths.length)
    for (const [path, name] of paths.entries())
      this.#slots[path] = (name === undefined ? undefined : this.#slotOf.get(name)) ?? noSlot
  }

  #loadArrays(body: Uint8Array): void {
    let cell = this.#plan.fields.length
    for (const [array, wanted] of this.#wanted.entries()) {
      const { slot, fields } = this.#plan.arrays[array]!
      this.#cellFirst[array] = cell
      this.elementCounts[array] = 0
      const isArray = (this.#size[slot]! & 7) === tokenKind.json && body[this.#start[slot]!] === 0x5b
      if (!isArray) continue
      this.#reserve(cell + arrayElementsMax * fields.length)
      this.#size.fill(0, cell, cell + arrayElementsMax * fields.length)
      const count = walkElements(body, this.#start[slot]!, {
        wanted,
        countMax: arrayElementsMax,
        onScalar: (element, field, start, size) => {
          const at = cell + element * fields.length + field
          this.#start[at] = start
          this.#size[at] = size
        },
      })
      if (count > arrayElementsMax) this.cutArrays++
      this.elementCounts[array] = Math.min(count, arrayElementsMax)
      cell += this.elementCounts[array]! * fields.length
    }
  }

  #reserve(cellCount: number): void {
    if (cellCount <= this.#size.length) return
    const [starts, sizes] = [this.#start, this.#size]
    this.#start = new Uint32Array(cellCount * 2)
    this.#size = new Uint32Array(cellCount * 2)
    this.#start.set(starts)
    this.#size.set(sizes)
  }
}
