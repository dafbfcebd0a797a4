// Which texts a transformer reads together. A run costs its padded size, texts × the longest of them, so texts of like
// length go together, and the size has a bound.

/**
 * @param lengths  tokens of each text; those of 0 are in no run
 * @returns of each run its texts, all within `runTokensMax` when padded; one alone may be longer
 */
export function planRuns(lengths: Uint32Array, runTokensMax: number): Uint32Array[] {
  const order = Uint32Array.from(lengths.keys())
    .filter(text => lengths[text]! > 0)
    .sort((left, right) => lengths[left]! - lengths[right]! || left - right)
  const runs: Uint32Array[] = []
  for (let first = 0; first < order.length; ) {
    let until = first + 1
    while (until < order.length && (until + 1 - first) * lengths[order[until]!]! <= runTokensMax) until++
    runs.push(order.subarray(first, until))
    first = until
  }
  return runs
}
