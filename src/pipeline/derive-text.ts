// The text of an event, written into one buffer that is used again and again: pieces of the template whose field is
// there, blanks collapsed, and no more of it than is worth being read.

import { toUtf8 } from '../base/bytes.ts'
import type { TextPlan } from '../pack/plan.ts'
import type { RowCells } from './derive-row.ts'

/** Bytes of a text; what is longer is cut behind a whole character, and counted. */
export const textBytesMax = 8192

/** Between the values of an array's elements. */
const listSeparator = toUtf8(', ')
const blank = 0x20

export class TextWriter {
  readonly bytes = new Uint8Array(textBytesMax)
  length = 0
  cutTexts = 0
  #isCut = false
  /** a blank is due before the next sign */
  #isApart = false

  /** @returns whether the event says anything */
  write(cells: RowCells, pieces: readonly TextPlan[]): boolean {
    this.length = 0
    this.#isCut = false
    this.#isApart = false
    let before: TextPlan | undefined
    for (const piece of pieces) {
      const elementCount = piece.field.array < 0 ? 1 : cells.elementCounts[piece.field.array]!
      let isBegun = false
      for (let element = 0; element < elementCount; element++) {
        const cell = cells.cellOf(piece.field, element)
        if (!cells.isPresent(cell)) continue
        if (isBegun) this.#append(listSeparator, 0, listSeparator.length)
        else this.#open(piece, before)
        isBegun = true
        cells.read(cell)
        this.#append(cells.bytes, cells.start, cells.end)
      }
      if (isBegun) before = piece
    }
    if (before) this.#append(before.afterLast, 0, before.afterLast.length)
    if (this.#isCut) this.#dropHalfCharacter()
    return this.length > 0
  }

  #open({ before, beforeFirst }: TextPlan, last: TextPlan | undefined): void {
    const words = last ? before : beforeFirst
    if (last && last.after.length > 0) this.#append(last.after, 0, last.after.length)
    if (words.length > 0) this.#append(words, 0, words.length)
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const out = this.bytes
    let length = this.length
    let isApart = this.#isApart
    for (let i = start; i < end; i++) {
      const sign = bytes[i]!
      if (sign <= blank) {
        isApart = length > 0
        continue
      }
      if (length + 1 >= textBytesMax) {
        this.#isCut = true
        break
      }
      if (isApart) {
        out[length++] = blank
        isApart = false
      }
      out[length++] = sign
    }
    this.#isApart = isApart
    this.length = length
  }

  /** A cut may have left the beginning of a character, or a blank. */
  #dropHalfCharacter(): void {
    this.cutTexts++
    let lead = this.length - 1
    while (lead >= 0 && (this.bytes[lead]! & 0xc0) === 0x80) lead--
    if (lead >= 0 && lead + characterBytes(this.bytes[lead]!) > this.length) this.length = lead
    if (this.length > 0 && this.bytes[this.length - 1] === blank) this.length--
  }
}

/** By the first byte of a character in UTF-8. */
function characterBytes(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}
