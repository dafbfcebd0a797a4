// The newest events that were looked at, as hashes of their fields' values: from them it shows which field tells which.
// One column a field, one slot an event, so that two fields are compared by walking two arrays.

/** Events that are held. */
export const windowRows = 1024

export interface WindowSnapshot {
  row: number
  /** for each field row, hash, row, hash … */
  columns: number[][]
}

/** How far the values of one field determine those of another. */
export interface Dependence {
  /** times that a value of the first came again */
  repeats: number
  /** the share of them in which the second was the same as before */
  agreement: number
  /** the share of two events, any two, that have the same value in the second */
  chance: number
}

export class RowWindow {
  #row = -1
  readonly #columns: (Uint32Array | undefined)[] = []
  /** columns as numbers from 1 on instead of hashes, made for a decision */
  #codes = new Map<number, { code: Uint16Array; count: number }>()

  /** The oldest event gives way to a new one. */
  beginRow(): void {
    this.#row = (this.#row + 1) % windowRows
    for (const column of this.#columns) if (column) column[this.#row] = 0
  }

  /** Of several values of one field the first is kept. @returns whether it is the first */
  put(field: number, hash: number): boolean {
    const column = (this.#columns[field] ??= new Uint32Array(windowRows))
    if (column[this.#row] !== 0) return false
    column[this.#row] = hash
    return true
  }

  /** To be called before `dependence` whenever events came in between. */
  settle(): void {
    this.#codes = new Map()
  }

  /** Does the value of `from` tell that of `to`? */
  dependence(from: number, to: number): Dependence {
    const source = this.#coded(from)
    const target = this.#coded(to)
    const first = new Uint16Array(source.count + 1)
    const times = new Uint32Array(target.count + 1)
    let both = 0
    let repeats = 0
    let agreed = 0
    for (let row = 0; row < windowRows; row++) {
      const a = source.code[row]!
      const b = target.code[row]!
      if (a === 0 || b === 0) continue
      both++
      times[b]!++
      if (first[a] === 0) first[a] = b
      else {
        repeats++
        if (first[a] === b) agreed++
      }
    }
    let squares = 0
    for (const count of times) squares += count * count
    return {
      repeats,
      agreement: repeats === 0 ? 0 : agreed / repeats,
      chance: both === 0 ? 1 : squares / (both * both),
    }
  }

  /** Is there an event in which the first field has this value, and the second has any? */
  togetherWith(field: number, hash: number, other: number): boolean {
    const first = this.#columns[field]
    const second = this.#columns[other]
    return !!first && !!second && first.some((value, row) => value === hash && second[row] !== 0)
  }

  toSnapshot(): WindowSnapshot {
    const columns = Array.from(this.#columns, column => {
      const cells: number[] = []
      column?.forEach((hash, row) => {
        if (hash !== 0) cells.push(row, hash)
      })
      return cells
    })
    return { row: this.#row, columns }
  }

  static fromSnapshot({ row, columns }: WindowSnapshot): RowWindow {
    const window = new RowWindow()
    columns.forEach((cells, field) => {
      for (let at = 0; at < cells.length; at += 2) {
        window.#row = cells[at]!
        window.put(field, cells[at + 1]!)
      }
    })
    window.#row = row
    return window
  }

  #coded(field: number): { code: Uint16Array; count: number } {
    const known = this.#codes.get(field)
    if (known) return known
    const numbers = new Map<number, number>()
    const code = new Uint16Array(windowRows)
    this.#columns[field]?.forEach((hash, row) => {
      if (hash === 0) return
      let value = numbers.get(hash)
      if (value === undefined) numbers.set(hash, (value = numbers.size + 1))
      code[row] = value
    })
    const coded = { code, count: numbers.size }
    this.#codes.set(field, coded)
    return coded
  }
}

/** Enough repeats to say anything. */
const repeatsMin = 8
/** Of what would differ by chance at most this much may differ. */
const exceptionsMax = 0.1

/** The first tells the second, and not just because the second hardly ever differs. */
export function tells({ repeats, agreement, chance }: Dependence): boolean {
  return repeats >= repeatsMin && chance < 0.95 && 1 - agreement <= (1 - chance) * exceptionsMax
}

/** The same value of the first comes with different ones of the second. */
export function contradicts({ repeats, agreement }: Dependence): boolean {
  return repeats >= repeatsMin && agreement < 0.8
}
