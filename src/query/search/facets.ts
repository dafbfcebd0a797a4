// How often each value of a field occurs among the events that match.

import type { SearchAnswer } from '../../contract/knowledge.ts'
import type { Matches } from './count.ts'

/** Values told of each field: the most frequent. */
const valuesMax = 100

export async function countFacets(
  paths: readonly string[],
  places: Matches['places'],
): Promise<SearchAnswer['facets']> {
  const facets: SearchAnswer['facets'] = {}
  for (const path of paths) {
    const counts = new Map<string, number>()
    for (const { place, bits } of places)
      for (const [value, count] of await place.run.countValues(path, bits))
        counts.set(value, (counts.get(value) ?? 0) + count)
    facets[path] = [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
      .slice(0, valuesMax)
  }
  return facets
}
