// Arrays of the memory, read and written by index: what a kernel's loop says instead of addresses.

export function word(array: usize, index: u32): u32 {
  return load<u32>(array + ((<usize>index) << 2))
}

export function setWord(array: usize, index: u32, value: u32): void {
  store<u32>(array + ((<usize>index) << 2), value)
}

export function real(array: usize, index: u32): f64 {
  return load<f64>(array + ((<usize>index) << 3))
}

export function setReal(array: usize, index: u32, value: f64): void {
  store<f64>(array + ((<usize>index) << 3), value)
}

export function addReal(array: usize, index: u32, value: f64): void {
  setReal(array, index, real(array, index) + value)
}

/**
 * A whole number that is as great among its like as `value` is among numbers: 0 for 0 and less than 0 below it. Whole numbers
 * are chosen between without a branch, which V8 does not do for f64 on x64.
 */
export function rankOf(value: f64): i64 {
  const bits = reinterpret<i64>(value)
  return bits ^ ((bits >> 63) & i64.MAX_VALUE)
}
