// Sums of floats that come out the same in whatever order and grouping they were added: what runs added up and merged must
// equal what one run would have. Kept as Shewchuk (1997) has it, as floats that overlap in no bit and whose exact sum is
// the sum.

import { assert } from '../../base/assert.ts'

/** Greater weights count as this one: so no sum of 2^32 of them leaves the range of a float. */
export const weightMax = 1e290

export class ExactSum {
  /** rising by size, none 0 */
  #parts: number[] = []

  reset(): void {
    this.#parts.length = 0
  }

  add(value: number): void {
    assert(!Number.isNaN(value), 'a weight is a number')
    this.#add(Math.max(-weightMax, Math.min(weightMax, value)))
  }

  /** Parts of another sum. */
  addParts(parts: ArrayLike<number>, start = 0, end = parts.length): void {
    for (let i = start; i < end; i++) this.#add(parts[i]!)
  }

  /** The float that lies nearest. */
  value(): number {
    return nearestFloat(this.#parts)
  }

  /**
   * The sum as floats that add up to it exactly, the greatest first, each the nearest to what those before it leave; none
   * for 0. They depend on the sum alone. The sum itself is 0 afterwards.
   */
  takeParts(): number[] {
    const parts: number[] = []
    while (this.#parts.length > 0) {
      const part = nearestFloat(this.#parts)
      parts.push(part)
      this.#add(-part)
    }
    return parts
  }

  #add(value: number): void {
    const parts = this.#parts
    let high = value
    let kept = 0
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!
      const sum = high + part
      const [large, small] = Math.abs(high) < Math.abs(part) ? [part, high] : [high, part]
      const low = small - (sum - large)
      if (low !== 0) parts[kept++] = low
      high = sum
    }
    parts.length = kept
    if (high !== 0) parts.push(high)
  }
}

/** Of parts that do not overlap: the greatest two tell all but a tie, which the sign of the third breaks. */
function nearestFloat(parts: readonly number[]): number {
  let i = parts.length - 1
  if (i < 0) return 0
  let high = parts[i]!
  let low = 0
  while (i > 0 && low === 0) {
    const part = parts[--i]!
    const sum = high + part
    low = part - (sum - high)
    high = sum
  }
  const rest = i > 0 ? parts[i - 1]! : 0
  if (low !== 0 && low > 0 === rest > 0 && rest !== 0) {
    const twice = low * 2
    const beyond = high + twice
    if (twice === beyond - high) return beyond
  }
  return high
}
