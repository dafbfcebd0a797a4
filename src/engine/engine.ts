// The engine as a library: what whoever wants the kernels without the service imports, as `alluvium/engine`.

export { type TextColumn, textColumn } from '../base/text-column.ts'
export { Arena, OutOfMemory, type Region } from './arena.ts'
export { BadInput } from './checks.ts'
export { type Choice, type ChoiceOptions, chooseClusterCount } from './clusters/choose-k.ts'
export type { KmeansExports } from './clusters/clusters.ts'
export {
  type DbscanExports,
  type DbscanOptions,
  type DbscanScanOptions,
  type Density,
  dbscan,
  dbscanThrough,
  type Neighbourhood,
  noise,
} from './clusters/dbscan.ts'
export {
  type DensityClustering,
  type HdbscanExports,
  type HdbscanOptions,
  hdbscan,
} from './clusters/hdbscan.ts'
export { type Clustering, type KmeansOptions, kmeans } from './clusters/kmeans.ts'
export { KmeansStream, type StreamOptions } from './clusters/kmeans-stream.ts'
export type { ClusterMetric, Points } from './clusters/points.ts'
export {
  type Silhouette,
  type SilhouetteExports,
  type SilhouetteOptions,
  silhouette,
} from './clusters/silhouette.ts'
export { type EmbeddedTexts, embedTexts } from './embed/embed.ts'
export { type EmbedExports, type HeldEmbedModel, type HoldOptions, holdEmbedModel } from './embed/memory.ts'
export { tokenizeTexts, unknownToken } from './embed/wordpiece.ts'
export { type Betweenness, type BetweennessOptions, betweenness } from './graph/betweenness.ts'
export { type BfsOptions, bfs, type Reached, unreached } from './graph/bfs.ts'
export { clustering } from './graph/clustering.ts'
export { type Components, components } from './graph/components.ts'
export { type Cores, cores } from './graph/cores.ts'
export { buildCsr, type Csr, type CsrOptions, type EdgeList } from './graph/csr.ts'
export { type HeldGraph, holdGraph } from './graph/held.ts'
export type { Communities, CommunityOptions, Division } from './graph/hierarchy.ts'
export type { GraphCall, GraphKernels } from './graph/kernels.ts'
export { type Labels, type LabelsOptions, labelPropagation } from './graph/labels.ts'
export { type LeidenOptions, leiden } from './graph/leiden.ts'
export { louvain } from './graph/louvain.ts'
export { type ModularityOptions, modularity } from './graph/modularity.ts'
export { type PagerankOptions, pagerank, type Ranking } from './graph/pagerank.ts'
export { type Paths, type PathsOptions, paths, pathTo } from './graph/paths.ts'
export { nowhere, type WalksOptions, walks } from './graph/walks.ts'
export { hasRelaxedSimd, type Kernels, startKernels } from './kernels.ts'
export { CountMin, type CountMinOptions } from './sketch/count-min.ts'
export { DdSketch, type DdSketchOptions } from './sketch/ddsketch.ts'
export { type FrequentItem, FrequentItems } from './sketch/frequent-items.ts'
export { HyperLogLog, type HyperLogLogOptions } from './sketch/hyperloglog.ts'
export { MinHash, type MinHashOptions } from './sketch/minhash.ts'
export { type DistanceExports, distances, hammingDistances } from './vectors/distance.ts'
export { HnswIndex, type HnswOptions } from './vectors/hnsw.ts'
export { ShardedIndex, type ShardedOptions } from './vectors/hnsw-sharded.ts'
export type {
  Hits,
  HitsWithin,
  Metric,
  SearchOptions,
  VectorIndex,
  WithinOptions,
} from './vectors/vector-index.ts'
export { finish, finishInTurns, type Progress, type Work } from './work.ts'
