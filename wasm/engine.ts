// All kernels in one module: this is what is compiled, once with SIMD and once with relaxed SIMD. A kernel imports
// nothing but its sisters, owns no memory but what its caller points it at, and allocates nothing.

export { below as randomBelow, seed as randomSeed } from './base/random'
export {
  countNeighbours as densityCount,
  growTree as densityGrowTree,
  keepNearest as densityNearest,
  reach as densityReach,
} from './clusters/density'
export {
  assign as kmeansAssign,
  measureNorms as kmeansNorms,
  prepare as kmeansPrepare,
} from './clusters/kmeans-assign'
export { draw as kmeansDraw, lower as kmeansLower, weigh as kmeansWeigh } from './clusters/kmeans-seeding'
export { distances as kmeansDistances, update as kmeansUpdate } from './clusters/kmeans-update'
export { turn as panelTurn, turnRows as panelTurnRows } from './clusters/panel'
export { sumDistances as silhouetteSum } from './clusters/silhouette'
export { columnsBooleans, columnsDoubles, columnsIntegers, columnsTimes } from './columns/build'
export { cellsBytes, cellsValidity } from './columns/cells'
export { columnsCollect, columnsCount, columnsPick } from './columns/collect'
export { columnsInfer } from './columns/infer'
export {
  columnsDictionary,
  columnsDistinct,
  columnsDistinctBytes,
  columnsDistinctMax,
  columnsPlain,
  columnsSlotsBytes,
} from './columns/text'
export { embed } from './embed/embed'
export { scratchBytes as wordpieceScratchBytes, tokenize as wordpieceTokenize } from './embed/wordpiece'
export { aggregate as graphAggregate, sortMembers as graphSortMembers } from './graph/aggregate'
export { backward as graphBetweennessBackward, forward as graphBetweennessForward } from './graph/betweenness'
export { expand as graphBfsExpand } from './graph/bfs'
export {
  countNeighbours as graphClusteringCount,
  findTriangles as graphClusteringFind,
  link as graphClusteringLink,
  share as graphClusteringShare,
} from './graph/clustering'
export {
  flatten as graphComponentsFlatten,
  unite as graphComponentsUnite,
  uniteWithin as graphComponentsUniteWithin,
} from './graph/components'
export {
  countDegrees as graphCoresCount,
  peel as graphCoresPeel,
  sortByDegree as graphCoresSort,
} from './graph/cores'
export { propagate as graphLabelsPropagate } from './graph/labels'
export { weighInside as graphModularityWeigh } from './graph/modularity'
export {
  moveNodes as graphMove,
  shuffle as graphShuffle,
  shuffleRuns as graphShuffleRuns,
  start as graphMoveStart,
} from './graph/move'
export { compose as graphCompose, number as graphNumber } from './graph/number'
export { pull as graphPagerankPull } from './graph/pagerank'
export { settle as graphPathsSettle } from './graph/paths'
export { refineNodes as graphRefine, start as graphRefineStart } from './graph/refine'
export { weigh as graphWeigh } from './graph/strengths'
export { sumRows as graphWalksSum, walk as graphWalksMake } from './graph/walks'
export {
  inputPtr as scanInputPtr,
  pathsFound as scanPathsFound,
  pathsPtr as scanPathsPtr,
  prepare as scanPrepare,
  rowsFound as scanRowsFound,
  rowsPtr as scanRowsPtr,
  scan,
  tokensFound as scanTokensFound,
  tokensPtr as scanTokensPtr,
} from './tape/scan'
export {
  beginCodeScan as codesBeginScan,
  codeRows as codesWrite,
  endCodeScan as codesEndScan,
  listWithin as codesListWithin,
  refineCodes as codesRefine,
  scanCodes as codesScan,
  walkCodes as codesWalk,
} from './vectors/coded'
export { countBits as distanceBits, measureRows as distanceRows } from './vectors/distance-rows'
export { countAllowed as hnswCountAllowed } from './vectors/hnsw-allow'
export { insert as hnswInsert, normalise as hnswNormalise, start as hnswStart } from './vectors/hnsw-build'
export { searchAllowed as hnswSearchAllowed } from './vectors/hnsw-filter'
export { upperBytesPerGroup as hnswUpperBytes } from './vectors/hnsw-levels'
export { beginScan as hnswBeginScan, endScan as hnswEndScan, scan as hnswScan } from './vectors/hnsw-scan'
export { search as hnswSearch } from './vectors/hnsw-search'
export { isSound as hnswIsSound } from './vectors/hnsw-sound'
export { measureSteady as distanceSteady } from './vectors/steady-rows'

/** The first byte that is not the kernels' own. */
export function heapBase(): usize {
  return __heap_base
}
