// What a face asks of its inputs before a kernel sees them: a kernel trusts every pointer and every count.

/** An input that a kernel can't take, said so that its sender can mend it. */
export class BadInput extends Error {
  override name = 'BadInput'
}

/** @throws BadInput when `condition` does not hold */
export function demand(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BadInput(message)
}

/** @throws BadInput unless `value` is a whole number of `min`..`max` */
export function demandWhole(name: string, value: number, bounds: { min: number; max: number }): void {
  const { min, max } = bounds
  demand(
    Number.isInteger(value) && value >= min && value <= max,
    `${name} is ${value}: expected a whole number from ${min} to ${max}`,
  )
}

/** @throws BadInput when a component is NaN or infinite, saying which */
export function demandFinite(name: string, values: Float32Array | Float64Array): void {
  // a sum is finite only where every part is, and costs one pass without a branch
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!
  if (sum === 0) return
  const at = values.findIndex(value => !Number.isFinite(value))
  throw new BadInput(`${name}[${at}] is ${values[at]}: expected a finite number`)
}

/** @throws BadInput when an id reaches `count` */
export function demandBelow(name: string, ids: Uint32Array, count: number): void {
  for (let i = 0; i < ids.length; i++) {
    if (ids[i]! >= count) throw new BadInput(`${name}[${i}] is ${ids[i]}: expected an id below ${count}`)
  }
}
