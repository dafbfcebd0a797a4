// K-means as one would write it on a blackboard, in doubles.

export interface TwinClusters {
  centroids: number[][]
  assignments: number[]
  inertia: number
}

/** Lloyd's iterations from `starts` until no row changes its cluster. An empty cluster keeps its centroid. */
export function lloyd(rows: number[][], starts: number[][], iterationsMax: number): TwinClusters {
  let centroids = starts
  let assignments: number[] = []
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    const next = rows.map(row => nearest(row, centroids))
    if (next.every((cluster, row) => cluster === assignments[row])) break
    assignments = next
    centroids = centroids.map((centroid, cluster) => {
      const own = rows.filter((_, row) => assignments[row] === cluster)
      return own.length > 0 ? mean(own) : centroid
    })
  }
  assignments = rows.map(row => nearest(row, centroids))
  const inertia = rows.reduce((sum, row, i) => sum + squared(row, centroids[assignments[i]!]!), 0)
  return { centroids, assignments, inertia }
}

/** Rousseeuw's widths with Euclidean distances. */
export function silhouettes(rows: number[][], clusters: number[]): number[] {
  const names = [...new Set(clusters)]
  return rows.map((row, i) => {
    const own = clusters[i]
    const means = names.map(name => {
      const others = rows.filter((_, j) => j !== i && clusters[j] === name)
      const sum = others.reduce((total, other) => total + Math.sqrt(squared(row, other)), 0)
      return { name, count: others.length, mean: sum / others.length }
    })
    const within = means.find(({ name }) => name === own)!
    const rest = means.filter(({ name }) => name !== own)
    if (within.count === 0 || rest.length === 0) return 0
    const around = Math.min(...rest.map(other => other.mean))
    const larger = Math.max(around, within.mean)
    return larger === 0 ? 0 : (around - within.mean) / larger
  })
}

export function squared(left: number[], right: number[]): number {
  return left.reduce((sum, value, i) => sum + (value - right[i]!) ** 2, 0)
}

function nearest(row: number[], centroids: number[][]): number {
  const distances = centroids.map(centroid => squared(row, centroid))
  return distances.indexOf(Math.min(...distances))
}

function mean(rows: number[][]): number[] {
  return rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
}
