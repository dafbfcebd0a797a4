// From a minimum spanning tree to clusters: every density at once, and of the clusters that come and go with it those that
// live longest for their size (Campello, Moulavi, Sander 2013). Plain TypeScript: it is linear but for one sort.

/** A minimum spanning tree of `pointCount` points, pointCount − 1 edges in any order. */
export interface SpanningTree {
  pointCount: number
  sources: Uint32Array
  targets: Uint32Array
  /** f64[], the distances at which the edges join what they join */
  lengths: Float64Array
}

export interface Extracted {
  clusterCount: number
  /** i32[pointCount], −1 for noise; clusters numbered by their first point */
  labels: Int32Array
  /** f64[pointCount], 0..1: how near to its cluster's densest part a point is; 0 for noise */
  strengths: Float64Array
  /** f64[clusterCount]: 1 / distance at which each cluster begins to be one */
  births: Float64Array
  /** f64[clusterCount]: the greatest 1 / distance that counts in each */
  deaths: Float64Array
}

/** Clusters of at least `clusterRowsMin` points. */
export function extractClusters(tree: SpanningTree, clusterRowsMin: number): Extracted {
  return label(condense(join(tree), clusterRowsMin))
}

/** Single linkage: merge `i` joins two nodes at `lengths[i]`; node pointCount + i is what comes of it. */
interface Merges {
  pointCount: number
  lefts: Uint32Array
  rights: Uint32Array
  lengths: Float64Array
  /** points below each node */
  sizes: Uint32Array
}

function join({ pointCount, sources, targets, lengths }: SpanningTree): Merges {
  const order = Uint32Array.from(lengths, (_, edge) => edge).sort(
    (left, right) => lengths[left]! - lengths[right]! || left - right,
  )
  const nodes = 2 * pointCount - 1
  const above = Uint32Array.from({ length: nodes }, (_, node) => node)
  const top = (node: number) => {
    while (above[node] !== node) {
      above[node] = above[above[node]!]!
      node = above[node]!
    }
    return node
  }
  const sizes = new Uint32Array(nodes).fill(1)
  const lefts = new Uint32Array(order.length)
  const rights = new Uint32Array(order.length)
  order.forEach((edge, merge) => {
    const node = pointCount + merge
    const left = (lefts[merge] = top(sources[edge]!))
    const right = (rights[merge] = top(targets[edge]!))
    above[left] = above[right] = node
    sizes[node] = sizes[left]! + sizes[right]!
  })
  return { pointCount, lefts, rights, sizes, lengths: lengths.map((_, merge) => lengths[order[merge]!]!) }
}

/** Clusters that split only into clusters: what is smaller falls out of its cluster point by point. Cluster 0 is all. */
interface Condensed {
  pointCount: number
  /** of each point: which cluster it falls out of, and at which 1 / distance */
  clusters: Uint32Array
  leaves: Float64Array
  /** of each cluster: what it is a part of, since which 1 / distance, and how many points it has then */
  parents: number[]
  births: number[]
  sizes: number[]
}

function condense(merges: Merges, clusterRowsMin: number): Condensed {
  const { pointCount, sizes, lengths } = merges
  const clusters = new Uint32Array(pointCount)
  const leaves = new Float64Array(pointCount)
  const condensed: Condensed = {
    pointCount,
    clusters,
    leaves,
    parents: [0],
    births: [0],
    sizes: [pointCount],
  }
  const densest = densestOf(lengths)
  const pending = pointCount > 1 ? [{ node: 2 * pointCount - 2, cluster: 0 }] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, cluster } = next
    const density = Math.min(densest, 1 / lengths[node - pointCount]!)
    const parts = partsOf(merges, node)
    const large = parts.filter(part => sizes[part]! >= clusterRowsMin)
    for (const part of parts) {
      if (sizes[part]! >= clusterRowsMin) continue
      for (const point of pointsOf(merges, part)) {
        clusters[point] = cluster
        leaves[point] = density
      }
    }
    if (large.length === 1) pending.push({ node: large[0]!, cluster })
    else
      for (const part of large) {
        pending.push({ node: part, cluster: condensed.parents.length })
        condensed.parents.push(cluster)
        condensed.births.push(density)
        condensed.sizes.push(sizes[part]!)
      }
  }
  return condensed
}

/** f32 can't tell lengths apart that are nearer than this. */
const lengthShareMin = 1 - 2e-6

/**
 * What a node falls into when its merge is undone, and with it all of the same length. A row's core distance is the length
 * of several merges; undone one by one, their order would decide what becomes a cluster.
 */
function partsOf({ pointCount, lefts, rights, lengths }: Merges, node: number): number[] {
  const least = lengths[node - pointCount]! * lengthShareMin
  const parts: number[] = []
  const pending = [node]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const merge = next - pointCount
    if (next === node || (merge >= 0 && lengths[merge]! >= least)) pending.push(rights[merge]!, lefts[merge]!)
    else parts.push(next)
  }
  return parts
}

function* pointsOf({ pointCount, lefts, rights }: Merges, node: number): Generator<number> {
  const pending = [node]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next < pointCount) yield next
    else pending.push(rights[next - pointCount]!, lefts[next - pointCount]!)
  }
}

/** Points at no distance would be infinitely dense: they count as at half the least distance that there is. */
function densestOf(lengths: Float64Array): number {
  const least = lengths.reduce(
    (min, length) => (length > 0 && length < min ? length : min),
    Number.POSITIVE_INFINITY,
  )
  return least === Number.POSITIVE_INFINITY ? 1 : 2 / least
}

/** Excess of mass: a cluster stays whole where its parts together live no longer than it does. */
function label({ pointCount, clusters, leaves, parents, births, sizes }: Condensed): Extracted {
  const count = parents.length
  const deaths = new Float64Array(count)
  const masses = new Float64Array(count)
  const note = (cluster: number, density: number, size: number) => {
    deaths[cluster] = Math.max(deaths[cluster]!, density)
    masses[cluster]! += (density - births[cluster]!) * size
  }
  for (let point = 0; point < pointCount; point++) note(clusters[point]!, leaves[point]!, 1)
  for (let cluster = 1; cluster < count; cluster++) note(parents[cluster]!, births[cluster]!, sizes[cluster]!)
  const isWhole = new Uint8Array(count)
  const parts = new Float64Array(count)
  // parts come after what they are parts of; 0, which is all points, is never a cluster
  for (let cluster = count - 1; cluster > 0; cluster--) {
    isWhole[cluster] = Number(parts[cluster]! <= masses[cluster]!)
    parts[parents[cluster]!]! += Math.max(parts[cluster]!, masses[cluster]!)
  }
  const wholes = new Int32Array(count).fill(-1)
  for (let cluster = 1; cluster < count; cluster++) {
    const above = wholes[parents[cluster]!]!
    wholes[cluster] = above >= 0 ? above : isWhole[cluster] === 1 ? cluster : -1
  }
  const names = new Map<number, number>()
  const labels = new Int32Array(pointCount).fill(-1)
  const strengths = new Float64Array(pointCount)
  for (let point = 0; point < pointCount; point++) {
    const whole = wholes[clusters[point]!]!
    if (whole < 0) continue
    if (!names.has(whole)) names.set(whole, names.size)
    labels[point] = names.get(whole)!
    strengths[point] = deaths[whole] === 0 ? 1 : Math.min(1, leaves[point]! / deaths[whole]!)
  }
  const of = (values: ArrayLike<number>) => Float64Array.from(names.keys(), whole => values[whole]!)
  return { clusterCount: names.size, labels, strengths, births: of(births), deaths: of(deaths) }
}
