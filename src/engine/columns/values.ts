// The typed face of wasm/columns/infer.ts, build.ts and text.ts: cells become the values of a column in Arrow's layout.

import type { Arena } from '../arena.ts'
import type { Kernels } from '../kernels.ts'
import { tokenKind } from '../tape/scan.ts'
import { type Cells, cellTable, cellText, cellWord, cellWords, type RowSpan, spareBytes } from './cells.ts'

/** Bits of what `inferTypes` finds. */
export const foundType = {
  boolean: 1,
  int64: 2,
  double: 4,
  timestamp: 8,
  json: 16,
  string: 32,
  /** an integer of more digits than a double always keeps */
  longInteger: 64,
} as const

/** The kernel's bit for a number that may be more than a double can be. */
const mayOverflow = 128

/** Value i is data [offsets[i], offsets[i + 1]). */
export interface Texts {
  /** i32[values + 1] */
  offsets: Int32Array
  data: Uint8Array
}

export interface DictionaryTexts {
  /** i32[rows]; 0 where there is no value */
  indices: Int32Array
  dictionary: Texts
}

/** What stands in the rows of a span. Slots of rows without a value hold 0, or nothing. */
export interface ValuesOf {
  /** bitmap[rows] */
  boolean: { values: Uint8Array }
  /** i64[rows], of integers with at most 18 digits */
  int64: { values: BigInt64Array }
  /** i64[rows]: ms since 1970 UTC */
  timestamp: { values: BigInt64Array }
  double: { values: Float64Array }
  /** a dictionary where values repeat, plain where they don't */
  text: Texts | DictionaryTexts
  /** always plain */
  bytes: Texts
}

export interface Validity {
  nullCount: number
  /** bitmap[rows], undefined when every row has a value */
  validity: Uint8Array | undefined
}

interface ValueExports {
  cellsBytes(cells: number, count: number): number
  cellsValidity(cells: number, count: number, rowFirst: number, bits: number): void
  columnsInfer(cells: number, count: number): number
  columnsBooleans(cells: number, count: number, rowFirst: number, bits: number): void
  columnsIntegers(cells: number, count: number, rowFirst: number, longs: number): void
  columnsTimes(cells: number, count: number, rowFirst: number, longs: number): void
  columnsDoubles(cells: number, count: number, rowFirst: number, doubles: number, left: number): number
  columnsSlotsBytes(): number
  columnsDistinctMax(): number
  columnsDictionary(
    cells: number,
    count: number,
    rowFirst: number,
    slots: number,
    firsts: number,
    indices: number,
  ): number
  columnsDistinctBytes(cells: number, firsts: number, distinct: number): number
  columnsDistinct(cells: number, firsts: number, distinct: number, offsets: number, data: number): void
  columnsPlain(
    cells: number,
    count: number,
    rowFirst: number,
    rowCount: number,
    offsets: number,
    data: number,
  ): void
}

export class ColumnValues {
  readonly #arena: Arena
  readonly #call: ValueExports

  constructor({ arena, call }: Kernels<unknown>) {
    this.#arena = arena
    this.#call = call as ValueExports
  }

  /** @returns bits of `foundType`; those of values after the first string are left out */
  inferTypes(cells: Cells): number {
    const found = this.#call.columnsInfer(cells.at, cells.count)
    if (!(found & mayOverflow)) return found
    return this.#hasInfinite(cells) ? foundType.string : found & ~mayOverflow
  }

  /** Only an exponent, or digits by the hundred, can lead past the largest double. */
  #hasInfinite(cells: Cells): boolean {
    const table = cellTable(this.#arena, cells)
    for (let index = 0; index < cells.count; index++) {
      const isNumber = (table[cellWords * index + cellWord.size]! & 7) === tokenKind.number
      if (isNumber && !Number.isFinite(Number(ascii.decode(cellText(this.#arena, cells, index))))) return true
    }
    return false
  }

  /**
   * The values of the cells' column, which all are within the span.
   *
   * @returns views of the kernels' memory, good until the next call
   */
  build<As extends keyof ValuesOf>(cells: Cells, span: RowSpan, as: As): ValuesOf[As] & Validity {
    // All the memory that may be needed, so that none of the views is detached by what is taken after it.
    const rowCount = span.until - span.from
    const bytes = this.#call.cellsBytes(cells.at, cells.count) >>> 0
    const fixedBytes = this.#call.columnsSlotsBytes() + 8 * this.#call.columnsDistinctMax() + 4096
    this.#arena.reserve(fixedBytes + bytes + 12 * rowCount + 4 * cells.count)
    const nullCount = rowCount - cells.count
    const validity = nullCount === 0 ? undefined : this.#bitmap('cellsValidity', cells, span)
    return { nullCount, validity, ...(this.#values(cells, span, as) as ValuesOf[As]) }
  }

  #values(cells: Cells, span: RowSpan, as: keyof ValuesOf): ValuesOf[keyof ValuesOf] {
    switch (as) {
      case 'boolean':
        return { values: this.#bitmap('columnsBooleans', cells, span) }
      case 'int64':
        return { values: this.#longs('columnsIntegers', cells, span) }
      case 'timestamp':
        return { values: this.#longs('columnsTimes', cells, span) }
      case 'double':
        return { values: this.#doubles(cells, span) }
      case 'text':
        return this.#dictionary(cells, span) ?? this.#plain(cells, span)
      case 'bytes':
        return this.#plain(cells, span)
    }
  }

  #bitmap(fill: 'cellsValidity' | 'columnsBooleans', { at, count }: Cells, span: RowSpan): Uint8Array {
    const bits = this.#zeros('bits', (span.until - span.from + 7) >> 3)
    this.#call[fill](at, count, span.from, bits.at)
    return this.#arena.u8(bits)
  }

  #longs(fill: 'columnsIntegers' | 'columnsTimes', { at, count }: Cells, span: RowSpan): BigInt64Array {
    const region = this.#zeros('longs', 8 * (span.until - span.from))
    this.#call[fill](at, count, span.from, region.at)
    return this.#arena.i64(region)
  }

  /** The kernel reads what one division makes exact; the runtime's parser does the rest. */
  #doubles(cells: Cells, span: RowSpan): Float64Array {
    const arena = this.#arena
    const region = this.#zeros('doubles', 8 * (span.until - span.from))
    const left = arena.take('left', 4 * cells.count)
    const leftCount = this.#call.columnsDoubles(cells.at, cells.count, span.from, region.at, left.at)
    const doubles = arena.f64(region)
    const table = cellTable(arena, cells)
    for (const index of arena.u32(left).subarray(0, leftCount)) {
      const row = table[cellWords * index + cellWord.row]! - span.from
      doubles[row] = Number(ascii.decode(cellText(arena, cells, index)))
    }
    return doubles
  }

  #dictionary({ at, count }: Cells, span: RowSpan): DictionaryTexts | undefined {
    const arena = this.#arena
    const call = this.#call
    const indices = this.#zeros('indices', 4 * (span.until - span.from))
    const firsts = arena.take('first cells', 4 * call.columnsDistinctMax())
    const slots = arena.take('slots', call.columnsSlotsBytes())
    const distinct = call.columnsDictionary(at, count, span.from, slots.at, firsts.at, indices.at)
    if (distinct <= 0) {
      arena.release(indices)
      return undefined
    }
    arena.release(slots)
    const byteCount = call.columnsDistinctBytes(at, firsts.at, distinct)
    const offsets = arena.take('offsets', 4 * (distinct + 1))
    const data = arena.take('data', byteCount + spareBytes)
    call.columnsDistinct(at, firsts.at, distinct, offsets.at, data.at)
    return {
      indices: arena.i32(indices),
      dictionary: { offsets: arena.i32(offsets), data: arena.u8(data).subarray(0, byteCount) },
    }
  }

  #plain({ at, count }: Cells, span: RowSpan): Texts {
    const arena = this.#arena
    const rowCount = span.until - span.from
    const byteCount = this.#call.cellsBytes(at, count) >>> 0
    const offsets = arena.take('offsets', 4 * (rowCount + 1))
    const data = arena.take('data', byteCount + spareBytes)
    this.#call.columnsPlain(at, count, span.from, rowCount, offsets.at, data.at)
    return { offsets: arena.i32(offsets), data: arena.u8(data).subarray(0, byteCount) }
  }

  #zeros(name: string, byteCount: number) {
    const region = this.#arena.take(name, byteCount)
    this.#arena.u8(region).fill(0)
    return region
  }
}

const ascii = new TextDecoder()
