// The graph kernels as wasm/engine.ts exports them, with the names that each tells of its arguments (wasm/graph-*.ts).
// Arrays are byte offsets, 0 for one that is not there. What comes back is a signed u32.

import type { Kernels } from '../kernels.ts'

/** An array's place in the memory. */
export type At = number

/** An instance of the engine, as far as graphs need it. */
export type GraphKernels = Kernels<GraphCall>

// Kernels take their arguments by position, since nothing else passes a border of WASM.
export interface GraphCall {
  graphAggregate(
    level: At,
    groups: At,
    groupStarts: At,
    members: At,
    starts: At,
    targets: At,
    weights: At,
    strengths: At,
    communities: At,
    groupCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphBetweennessBackward(
    starts: At,
    targets: At,
    hops: At,
    paths: At,
    queue: At,
    dependencies: At,
    scores: At,
    until: number,
    edgesMax: number,
  ): number
  graphBetweennessForward(
    starts: At,
    targets: At,
    hops: At,
    paths: At,
    queue: At,
    tail: At,
    head: number,
    edgesMax: number,
  ): number
  graphBfsExpand(
    starts: At,
    targets: At,
    backStarts: At,
    backTargets: At,
    hops: At,
    parents: At,
    queue: At,
    tail: At,
    head: number,
    hopsMax: number,
    edgesMax: number,
  ): number
  graphClusteringCount(
    starts: At,
    targets: At,
    backStarts: At,
    backTargets: At,
    degrees: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphClusteringFind(
    linkStarts: At,
    links: At,
    marks: At,
    pairs: At,
    nodeCount: number,
    from: number,
    linksMax: number,
  ): number
  graphClusteringLink(
    starts: At,
    targets: At,
    backStarts: At,
    backTargets: At,
    degrees: At,
    linkStarts: At,
    links: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphClusteringShare(pairs: At, degrees: At, from: number, until: number): void
  graphComponentsFlatten(parents: At, from: number, until: number): void
  graphComponentsUnite(
    starts: At,
    targets: At,
    parents: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphComponentsUniteWithin(
    starts: At,
    targets: At,
    groups: At,
    parents: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphCompose(outer: At, inner: At, from: number, until: number): void
  graphCoresCount(
    starts: At,
    targets: At,
    backStarts: At,
    backTargets: At,
    degrees: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphCoresPeel(
    starts: At,
    targets: At,
    backStarts: At,
    backTargets: At,
    degrees: At,
    bins: At,
    order: At,
    positions: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphCoresSort(degrees: At, bins: At, binCount: number, order: At, positions: At, nodeCount: number): void
  graphLabelsPropagate(
    starts: At,
    targets: At,
    backStarts: At,
    backTargets: At,
    labels: At,
    next: At,
    counts: At,
    keepsOwn: number,
    changes: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphModularityWeigh(
    starts: At,
    targets: At,
    weights: At,
    loopShare: number,
    communities: At,
    strengths: At,
    totals: At,
    backStrengths: At,
    backTotals: At,
    inside: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphMove(level: At, pull: number, edgesMax: number): number
  graphMoveStart(level: At): void
  graphNumber(groups: At, numbers: At, count: number, from: number, until: number): number
  graphPagerankPull(
    starts: At,
    sources: At,
    weights: At,
    inverses: At,
    teleport: At,
    ranks: At,
    shares: At,
    nextShares: At,
    damping: number,
    jump: number,
    sums: At,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
  graphPathsSettle(
    starts: At,
    targets: At,
    weights: At,
    distances: At,
    parents: At,
    entries: At,
    positions: At,
    heapCount: At,
    goal: number,
    distanceMax: number,
    edgesMax: number,
  ): number
  graphRefine(level: At, pull: number, theta: number, from: number, edgesMax: number): number
  graphRefineStart(level: At, from: number, edgesMax: number): number
  randomSeed(random: At, seed: number, stream: number): void
  graphShuffle(order: At, count: number, random: At): void
  graphShuffleRuns(order: At, count: number, random: At): void
  graphSortMembers(groups: At, groupStarts: At, members: At, nodeCount: number, groupCount: number): void
  graphWalksMake(
    starts: At,
    targets: At,
    sums: At,
    random: At,
    seed: number,
    walks: At,
    steps: number,
    restart: number,
    back: number,
    away: number,
    from: number,
    until: number,
  ): void
  graphWalksSum(starts: At, weights: At, sums: At, nodeCount: number, from: number, edgesMax: number): number
  graphWeigh(
    starts: At,
    targets: At,
    weights: At,
    strengths: At,
    loopShare: number,
    nodeCount: number,
    from: number,
    edgesMax: number,
  ): number
}
