// The elements of an array on a tape, which keeps arrays whole: walks the JSON and tells where the scalars lie that were
// asked for. The bytes have been checked by the scan, so nothing is checked again; nothing is copied, and numbers keep
// their digits.

import { fromUtf8 } from '../base/bytes.ts'
import { tokenKind } from '../engine/tape/scan.ts'
import { unescaped } from '../segment/token.ts'

/** Told of each scalar that was asked for, in the order of the text. Strings without their quotes. */
export type OnScalar = (element: number, slot: number, start: number, size: number) => void

/** Fields of elements that are asked for, by their dotted path; '' is the element itself. */
export class WantedFields {
  readonly slots: ReadonlyMap<string, number>
  /** paths of the objects on the way to them */
  readonly above: ReadonlySet<string>

  constructor(fields: readonly string[]) {
    this.slots = new Map(fields.map((field, slot) => [field, slot]))
    this.above = new Set(fields.flatMap(pathsAbove))
  }
}

/**
 * @param start  of the array's bracket
 * @param countMax  elements that are looked at
 * @returns how many elements there are, and countMax + 1 where there are more
 */
export function walkElements(
  body: Uint8Array,
  start: number,
  { wanted, countMax, onScalar }: { wanted: WantedFields; countMax: number; onScalar: OnScalar },
): number {
  const walk = new Walk(body, start + 1, wanted, onScalar)
  return walk.elements(countMax)
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]
const [letterT, letterF, letterN] = [0x74, 0x66, 0x6e]

class Walk {
  readonly #body: Uint8Array
  readonly #wanted: WantedFields
  readonly #onScalar: OnScalar
  #at: number
  #element = 0

  constructor(body: Uint8Array, at: number, wanted: WantedFields, onScalar: OnScalar) {
    this.#body = body
    this.#at = at
    this.#wanted = wanted
    this.#onScalar = onScalar
  }

  elements(countMax: number): number {
    for (;;) {
      const sign = this.#next()
      if (sign === closeBracket) return this.#element
      if (sign === comma) this.#at++
      else if (this.#element === countMax) return countMax + 1
      else {
        this.#value('')
        this.#element++
      }
    }
  }

  #members(path: string): void {
    this.#at++
    for (;;) {
      const sign = this.#next()
      if (sign === closeBrace) break
      if (sign === comma) this.#at++
      else {
        const key = this.#key()
        if (this.#next() === colon) this.#at++
        this.#value(path === '' ? key : `${path}.${key}`)
      }
    }
    this.#at++
  }

  #value(path: string): void {
    const sign = this.#next()
    const start = this.#at
    if (sign === openBrace && this.#wanted.above.has(path)) {
      this.#members(path)
      return
    }
    const isEscaped = this.#skip(sign)
    const slot = sign === openBrace ? undefined : this.#wanted.slots.get(path)
    if (slot === undefined) return
    if (sign !== quote) this.#tell(slot, start, this.#at, kindOf(sign))
    else this.#tell(slot, start + 1, this.#at - 1, isEscaped ? tokenKind.escaped : tokenKind.string)
  }

  #tell(slot: number, start: number, end: number, kind: number): void {
    this.#onScalar(this.#element, slot, start, ((end - start) << 3) | kind)
  }

  #key(): string {
    this.#next()
    const start = this.#at + 1
    const isEscaped = this.#skipString()
    const bytes = this.#body.subarray(start, this.#at - 1)
    return isEscaped ? unescaped(bytes).toWellFormed() : fromUtf8(bytes)
  }

  /** @returns the first sign that is no blank, and stands on it */
  #next(): number {
    while (this.#body[this.#at]! <= 0x20) this.#at++
    return this.#body[this.#at]!
  }

  /** Passes a value. @returns whether it is a string with an escape in it */
  #skip(sign: number): boolean {
    if (sign === quote) return this.#skipString()
    if (sign === openBrace || sign === openBracket) this.#skipNested()
    else this.#skipLiteral()
    return false
  }

  #skipString(): boolean {
    let isEscaped = false
    for (this.#at++; this.#body[this.#at] !== quote; this.#at++) {
      if (this.#body[this.#at] !== backslash) continue
      isEscaped = true
      this.#at++
    }
    this.#at++
    return isEscaped
  }

  #skipLiteral(): void {
    for (;;) {
      const sign = this.#body[this.#at]!
      if (sign <= 0x20 || sign === comma || sign === closeBracket || sign === closeBrace) return
      this.#at++
    }
  }

  #skipNested(): void {
    let depth = 0
    do {
      const sign = this.#body[this.#at]!
      if (sign === quote) {
        this.#skipString()
        continue
      }
      if (sign === openBrace || sign === openBracket) depth++
      else if (sign === closeBrace || sign === closeBracket) depth--
      this.#at++
    } while (depth > 0)
  }
}

function kindOf(sign: number): number {
  if (sign === openBracket) return tokenKind.json
  if (sign === letterT) return tokenKind.true
  if (sign === letterF) return tokenKind.false
  return sign === letterN ? tokenKind.null : tokenKind.number
}

/** Of `a.b.c`: '', `a`, `a.b`. The element itself lies below nothing. */
function pathsAbove(field: string): string[] {
  if (field === '') return []
  const names = field.split('.')
  return names.map((_, i) => names.slice(0, i).join('.'))
}
