// Names of groups made dense: 0, 1, 2 … in the order of each group's first node.

import { setWord, word } from '../base/words'

/**
 * @param groups   u32[nodeCount], ids below nodeCount; replaced by numbers from `from` on
 * @param numbers  u32[nodeCount], all ones before the first call: the number of each id
 * @param count    how many numbers are given out
 * @returns how many are given out now
 */
export function number(groups: usize, numbers: usize, count: u32, from: u32, until: u32): u32 {
  for (let node = from; node < until; node++) {
    const group = word(groups, node)
    let given = word(numbers, group)
    if (given == 0xffffffff) {
      given = count++
      setWord(numbers, group, given)
    }
    setWord(groups, node, given)
  }
  return count
}

/** Follows two steps in one: `outer[node] = inner[outer[node]]`. */
export function compose(outer: usize, inner: usize, from: u32, until: u32): void {
  for (let node = from; node < until; node++) setWord(outer, node, word(inner, word(outer, node)))
}
