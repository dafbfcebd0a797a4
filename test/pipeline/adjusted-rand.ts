// How well two ways to group the same things agree, by the definition (Hubert and Arabie 1985): 1 where they are the same,
// 0 on average where one says nothing of the other.

/** @param pairs  of each thing the group in the one and in the other */
export function adjustedRand(pairs: readonly (readonly [number, number])[]): number {
  const both = countBy(pairs.map(([one, other]) => `${one} ${other}`))
  const ones = countBy(pairs.map(([one]) => `${one}`))
  const others = countBy(pairs.map(([, other]) => `${other}`))
  const expected = (pairsIn(ones) * pairsIn(others)) / pairsOf(pairs.length)
  const most = (pairsIn(ones) + pairsIn(others)) / 2
  return (pairsIn(both) - expected) / (most - expected)
}

function countBy(names: readonly string[]): number[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts.values()]
}

function pairsIn(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + pairsOf(count), 0)
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2
}
