// Randomness that a seed repeats: PCG32, XSH-RR (O'Neill 2014). Its state is 16 bytes of the caller's memory, so that any
// number of generators live side by side and a saved one goes on where it stopped.
//
//   0  u64  state
//   8  u64  increment, odd: which of 2^63 streams this is

const multiplier: u64 = 6364136223846793005

/** Two generators of one seed but different streams have nothing to do with each other. */
export function seed(random: usize, seed: u32, stream: u32): void {
  store<u64>(random, 0)
  store<u64>(random, ((<u64>stream) << 1) | 1, 8)
  next(random)
  store<u64>(random, load<u64>(random) + <u64>seed)
  next(random)
}

/** Any u32, each as likely. */
function next(random: usize): u32 {
  const state = load<u64>(random)
  store<u64>(random, state * multiplier + load<u64>(random, 8))
  return rotr<u32>(<u32>(((state >> 18) ^ state) >> 27), <u32>(state >> 59))
}

/** 0 … count − 1, each as likely (Lemire 2019). @param count  1 … 2^32 − 1 */
export function below(random: usize, count: u32): u32 {
  let product = <u64>next(random) * <u64>count
  if (<u32>product < count) {
    const uneven: u32 = (<u32>0 - count) % count
    while (<u32>product < uneven) product = <u64>next(random) * <u64>count
  }
  return <u32>(product >> 32)
}

/** 0 ≤ x < 1, in steps of 2^−53. */
export function unit(random: usize): f64 {
  const high = <u64>(next(random) >> 5)
  const low = <u64>(next(random) >> 6)
  return <f64>((high << 26) | low) * (1.0 / 9007199254740992.0)
}
