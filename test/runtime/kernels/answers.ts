// What the kernels answer to the inputs of the golden files, in a form that can be sent from one runtime to another. That
// the answers are those of the golden files is tested under test/engine and test/golden; here they are only made.

import * as engine from '../../../src/engine/engine.ts'
import density from '../../golden/density.json' with { type: 'json' }
import graph from '../../golden/graph.json' with { type: 'json' }
import kmeansGoldens from '../../golden/kmeans.json' with { type: 'json' }
import sketches from '../../golden/sketches.json' with { type: 'json' }

/** Whole numbers must be the same everywhere; others may differ between the two binaries by rounding. */
export interface Answers {
  whole: Record<string, number[]>
  real: Record<string, number[]>
}

const { finish } = engine

export function answersOf(module: WebAssembly.Module): Answers {
  const answers: Answers = { whole: {}, real: {} }
  askClusters(module, answers)
  askGraphs(module, answers)
  askIndex(module, answers)
  askSketches(answers)
  return answers
}

function askClusters(module: WebAssembly.Module, { whole, real }: Answers): void {
  const kernels = engine.startKernels<
    engine.KmeansExports & engine.DbscanExports & engine.HdbscanExports & engine.SilhouetteExports
  >(module)
  for (const { name, points: values, dim, starts, cluster_count } of kmeansGoldens) {
    const points = { values: Float32Array.from(values), dim }
    const options = { clusterCount: cluster_count, starts: Float32Array.from(starts), tolerance: 0 }
    const found = finish(engine.kmeans(kernels, points, options))
    whole[`kmeans ${name}`] = [...found.assignments]
    real[`kmeans ${name}: inertia`] = [found.inertia]
    real[`kmeans ${name}: centroids`] = [...found.centroids]
  }
  for (const { name, points: values, dim, ...golden } of density) {
    const points = { values: Float32Array.from(values), dim }
    const { radius, neighbours_min: neighboursMin, cluster_rows_min: clusterRowsMin } = golden
    whole[`dbscan ${name}`] = [...finish(engine.dbscan(kernels, points, { radius, neighboursMin })).labels]
    const { labels, strengths } = finish(engine.hdbscan(kernels, points, { neighboursMin, clusterRowsMin }))
    whole[`hdbscan ${name}`] = [...labels]
    real[`hdbscan ${name}: strengths`] = [...strengths]
  }
}

function askGraphs(module: WebAssembly.Module, { whole, real }: Answers): void {
  const kernels = engine.startKernels<engine.GraphCall>(module)
  for (const { name, node_count, is_directed, edges } of graph.cases) {
    const list = (isDirected: boolean): engine.EdgeList => ({
      nodeCount: node_count,
      isDirected,
      sources: Uint32Array.from(edges, edge => edge[0]!),
      targets: Uint32Array.from(edges, edge => edge[1]!),
      weights: Float64Array.from(edges, edge => edge[2] ?? 1),
    })
    const asked = finish(engine.holdGraph(kernels, finish(engine.buildCsr(list(is_directed)))))
    real[`pagerank ${name}`] = [...finish(engine.pagerank(asked)).scores]
    real[`betweenness ${name}`] = [...finish(engine.betweenness(asked)).scores]
    real[`paths ${name}`] = Array.from(finish(engine.paths(asked, { source: 0 })).distances, finite)
    real[`clustering ${name}`] = [...finish(engine.clustering(asked))]
    whole[`components ${name}`] = [...finish(engine.components(asked)).components]
    whole[`bfs ${name}`] = [...finish(engine.bfs(asked, { sources: [0] })).hops]
    whole[`cores ${name}`] = [...finish(engine.cores(asked)).cores]
    whole[`labels ${name}`] = [...finish(engine.labelPropagation(asked)).labels]
    whole[`walks ${name}`] = [
      ...finish(engine.walks(asked, { starts: Uint32Array.of(0, 1, 2), stepCount: 10, seed: 5 })),
    ]
    asked.release()
    const undirected = finish(engine.holdGraph(kernels, finish(engine.buildCsr(list(false)))))
    for (const [method, divide] of Object.entries({ leiden: engine.leiden, louvain: engine.louvain })) {
      const { communities, modularity } = finish(divide(undirected, { seed: 3 }))
      whole[`${method} ${name}`] = [...communities]
      real[`${method} ${name}: modularity`] = [modularity]
    }
    undirected.release()
  }
}

/** Hits by id; distances are of f32 in both binaries. */
function askIndex(module: WebAssembly.Module, { whole, real }: Answers): void {
  const dim = 24
  const vectors = Float32Array.from({ length: 600 * dim }, (_, i) =>
    Math.fround(((i * 7919) % 1009) / 1009 - 0.5),
  )
  for (const metric of ['cosine', 'l2', 'dot'] as const) {
    const index = new engine.HnswIndex(module, { dim, metric })
    finish(index.insert(vectors))
    const bytes = [...index.save()]
    const loaded = engine.HnswIndex.load(module, bytes)
    for (const exact of [true, false]) {
      const { ids, distances } = loaded.search(vectors.subarray(0, dim), { k: 20, exact })
      whole[`search ${metric}, exact ${exact}`] = [...ids]
      real[`search ${metric}, exact ${exact}: distances`] = [...distances]
    }
  }
}

function askSketches({ whole, real }: Answers): void {
  const items = Array.from({ length: 500 }, (_, i) => new TextEncoder().encode(`item ${(i * i) % 311}`))
  const precise = { seed: sketches.seed }
  const distinct = new engine.HyperLogLog(precise)
  const counts = new engine.CountMin(precise)
  const minima = new engine.MinHash(precise)
  for (const item of items) for (const sketch of [distinct, counts, minima]) sketch.add(item)
  const quantiles = new engine.DdSketch()
  for (let i = 1; i <= 500; i++) quantiles.add((i * i) / 7)
  for (const [name, sketch] of Object.entries({ distinct, counts, minima, quantiles }))
    whole[`sketch of ${name}`] = [...sketch.toBytes()]
  real['distinct items'] = [distinct.estimate()]
}

/** JSON has no infinity. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : -1
}
