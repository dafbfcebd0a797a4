// DBSCAN word by word, and HDBSCAN from the whole matrix of mutual reachability by cutting it at every density.

import { squared } from './kmeans.ts'

/** @returns labels, −1 for noise */
export function dbscanTwin(rows: number[][], radius: number, neighboursMin: number): number[] {
  const near = rows.map(row =>
    rows.flatMap((other, i) => (Math.sqrt(squared(row, other)) <= radius ? [i] : [])),
  )
  const labels = rows.map(() => -1)
  let cluster = 0
  for (let start = 0; start < rows.length; start++) {
    if (labels[start] !== -1 || near[start]!.length < neighboursMin) continue
    const pending = [start]
    for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
      if (labels[row] !== -1) continue
      labels[row] = cluster
      if (near[row]!.length >= neighboursMin) pending.push(...near[row]!)
    }
    cluster++
  }
  return labels
}

/** The squared core distance of each row. */
function coresTwin(rows: number[][], neighboursMin: number): number[] {
  return rows.map(
    row => rows.map(other => squared(row, other)).sort((left, right) => left - right)[neighboursMin - 1]!,
  )
}

/** Clusters of HDBSCAN by its definition: components at each density, their lives, and the best choice among them. */
export function hdbscanTwin(rows: number[][], clusterRowsMin: number, neighboursMin: number): number[] {
  const cores = coresTwin(rows, neighboursMin)
  const reach = (left: number, right: number) =>
    Math.sqrt(Math.max(cores[left]!, cores[right]!, squared(rows[left]!, rows[right]!)))

  interface Part {
    rows: number[]
    mass: number
    parts: Part[]
  }
  const grow = (members: number[], birth: number): Part => {
    let current = members
    let mass = 0
    for (;;) {
      const length = widestGap(current, reach)
      const parts = components(current, (left, right) => reach(left, right) < length)
      const large = parts.filter(part => part.length >= clusterRowsMin)
      const density = 1 / length
      if (large.length === 1) {
        mass += (current.length - large[0]!.length) * (density - birth)
        current = large[0]!
        continue
      }
      mass += current.length * (density - birth)
      return { rows: members, mass, parts: large.map(part => grow(part, density)) }
    }
  }
  const best = (part: Part): { mass: number; chosen: number[][] } => {
    const below = part.parts.map(best)
    const mass = below.reduce((sum, each) => sum + each.mass, 0)
    return mass > part.mass
      ? { mass, chosen: below.flatMap(each => each.chosen) }
      : { mass: part.mass, chosen: [part.rows] }
  }
  const all = grow(
    rows.map((_, row) => row),
    0,
  )
  const labels = rows.map(() => -1)
  const chosen = all.parts.flatMap(part => best(part).chosen)
  for (const [label, members] of chosen.entries()) for (const row of members) labels[row] = label
  return labels
}

/** The least length below which the rows fall apart: the longest edge of their minimum spanning tree. */
function widestGap(rows: number[], reach: (left: number, right: number) => number): number {
  const rest = new Map(rows.slice(1).map(row => [row, reach(rows[0]!, row)]))
  let widest = 0
  while (rest.size > 0) {
    const [row, way] = [...rest].reduce((least, each) => (each[1] < least[1] ? each : least))
    widest = Math.max(widest, way)
    rest.delete(row)
    for (const [other, known] of rest) rest.set(other, Math.min(known, reach(row, other)))
  }
  return widest
}

function components(rows: number[], isJoined: (left: number, right: number) => boolean): number[][] {
  const rest = new Set(rows)
  const found: number[][] = []
  for (const start of rows) {
    if (!rest.delete(start)) continue
    const component = [start]
    for (const row of component) {
      for (const other of rest) {
        if (!isJoined(row, other)) continue
        rest.delete(other)
        component.push(other)
      }
    }
    found.push(component)
  }
  return found
}
