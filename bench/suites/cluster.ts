// Clusters and sketches: Lloyd's k-means and DBSCAN beside what npm has, HDBSCAN and sketches by themselves.

import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { kmeans as mlKmeans } from 'ml-kmeans'
import type { DbscanExports, HdbscanExports, KmeansExports } from '../../src/engine/engine.ts'
import { compiledEngines, loadEngine } from '../measure/indexes.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { blobSet, cloudSet, gloveSet, type VectorSet } from '../measure/vectors.ts'
import { figure, spread } from './figures.ts'
import type { Comparison, Place, Suite, Table, Target } from './suite.ts'

type Engine = Awaited<ReturnType<typeof loadEngine>>

const clusterCount = 50
const iterations = 21
const wantedRatio = 15
const peer = 'ml-kmeans 7.0'
const densityPeer = 'density-clustering 1.3'

export const cluster: Suite = {
  name: 'cluster',
  title: 'Clusters and sketches',
  about: `K-means from the same ${clusterCount} starting centroids, a fixed number of Lloyd's iterations for all. The time of an iteration is the difference between ${iterations} of them and one, shared out, so that copying rows in and out counts for nobody; bounds make our later iterations cheaper than the first. DBSCAN with the same radius and count as its peer. One thread, one process, one after the other, medians of the repetitions. GloVe are word vectors where they are installed; else, and for densities, vectors are seeded.`,
  async run(place) {
    const engine = await loadEngine()
    const lloyd = measureLloyd(engine, place)
    const density = measureDensity(engine, place)
    const sketches = measureSketches(engine, place)
    const ratio = lloyd.theirs.median / Math.min(...lloyd.ours.map(({ ms }) => ms.median))
    if (!place.isSmall) place.tell(`k-means: ${figure(ratio)}× ${peer}`)
    const target: Target = {
      what: `an iteration of k-means beside ${peer}`,
      wanted: `≥ ${wantedRatio}×`,
      found: `${figure(ratio)}×`,
      met: ratio >= wantedRatio,
    }
    const comparison: Comparison = {
      what: 'an iteration of k-means',
      unit: 'ms',
      ours: Math.min(...lloyd.ours.map(({ ms }) => ms.median)),
      theirs: lloyd.theirs.median,
      other: peer,
      better: 'less',
    }
    return {
      tables: [lloyd.table, density.table, sketches.table],
      targets: place.isSmall ? [] : [target],
      comparisons: place.isSmall ? [] : [comparison],
      charts: [
        {
          kind: 'bars',
          title: `An iteration of k-means, ${lloyd.name}, k ${clusterCount}`,
          unit: 'ms',
          bars: [
            ...lloyd.ours.map(({ name, ms }) => ({ name, value: ms.median })),
            { name: peer, value: lloyd.theirs.median },
          ],
        },
      ],
      counts: { rows: lloyd.rowCount, clusters: density.clusters, noise: density.noise },
      repetitions: { lloyd, density, sketches },
    }
  },
}

function measureLloyd(engine: Engine, { isSmall, repeat, tell }: Place) {
  const { name, vectors, dim } = setOf(isSmall)
  const rowCount = vectors.length / dim
  const starts = vectors.slice(0, clusterCount * dim)
  const points = { values: vectors, dim }
  const longRun = isSmall ? 3 : iterations
  const contenders = compiledEngines(engine).map(({ name: binary, module }) => {
    const kernels = engine.startKernels<KmeansExports>(module)
    const run = (iterationsMax: number) =>
      engine.finish(engine.kmeans(kernels, points, { clusterCount, starts, iterationsMax, tolerance: 0 }))
    run(2)
    return { name: binary, run, times: [] as number[] }
  })
  const rows = rowsOf(vectors, dim)
  const theirs = {
    name: peer,
    run: (maxIterations: number) =>
      mlKmeans(rows, clusterCount, {
        initialization: rows.slice(0, clusterCount),
        maxIterations,
        tolerance: 0,
      }),
    times: [] as number[],
  }
  for (let round = 0; round < repeat; round++) {
    for (const contender of [...contenders, theirs]) {
      const [once, often] = [1, longRun].map(iterationsMax => msOf(() => contender.run(iterationsMax)))
      contender.times.push(Math.max(1e-3, (often! - once!) / (longRun - 1)))
      tell(`k-means, ${contender.name}: ${figure(contender.times.at(-1)!)} ms an iteration`)
    }
  }
  const ours = contenders.map(({ name: binary, times }) => ({ name: binary, ms: spreadOf(times) }))
  const peerMs = spreadOf(theirs.times)
  const rowOf = (who: string, ms: Spread) => [who, spread(ms), `${figure(peerMs.median / ms.median)}×`]
  const table: Table = {
    title: `K-means: ${name}, k ${clusterCount}`,
    columns: ['', 'ms an iteration', `beside ${peer}`],
    rows: [...ours.map(one => rowOf(one.name, one.ms)), rowOf(peer, peerMs)],
  }
  return { name, rowCount, ours, theirs: peerMs, table }
}

function setOf(isSmall: boolean): VectorSet {
  const size = { count: isSmall ? 1000 : 20_000, queryCount: 0 }
  return (isSmall ? undefined : gloveSet(size)) ?? cloudSet(100, size)
}

/** What density-clustering gives out of the package. */
interface DensityClustering {
  DBSCAN: new () => {
    noise: number[]
    run(rows: number[][], radius: number, neighboursMin: number): number[][]
  }
}

function measureDensity(engine: Engine, { isSmall, repeat }: Place) {
  const { vectors, dim } = blobSet(24, { count: isSmall ? 500 : 4000 })
  const points = { values: vectors, dim }
  const options = { radius: 0.55, neighboursMin: 5 }
  const rows = rowsOf(vectors, dim)
  const DBSCAN = installedPeer()?.DBSCAN
  const ours = compiledEngines(engine).flatMap(({ name, module }) => {
    const kernels = engine.startKernels<DbscanExports & HdbscanExports>(module)
    return [
      { name: `DBSCAN, ${name}`, run: () => engine.finish(engine.dbscan(kernels, points, options)) },
      { name: `HDBSCAN, ${name}`, run: () => engine.finish(engine.hdbscan(kernels, points)) },
    ]
  })
  const found = ours[0]!.run()
  const peers = DBSCAN
    ? [
        {
          name: `DBSCAN, ${densityPeer}`,
          run: () => new DBSCAN().run(rows, options.radius, options.neighboursMin),
        },
      ]
    : []
  const contenders = [...ours, ...(isSmall ? [] : peers)]
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < repeat; round++)
    for (const { name, run } of contenders) times.get(name)!.push(msOf(run))
  const table: Table = {
    title: `Densities: ${vectors.length / dim} rows of ${dim}`,
    columns: ['', 'ms'],
    rows: [...times].map(([name, ms]) => [name, spread(spreadOf(ms))]),
  }
  return {
    clusters: found.clusterCount,
    noise: found.labels.filter(label => label < 0).length,
    times: Object.fromEntries(times),
    table,
  }
}

function installedPeer(): DensityClustering | undefined {
  try {
    return createRequire(resolve('bench/package.json'))('density-clustering') as DensityClustering
  } catch {
    return undefined // its row is left out
  }
}

function measureSketches(engine: Engine, { isSmall, repeat }: Place) {
  const itemCount = isSmall ? 1000 : 200_000
  const texts = Array.from({ length: itemCount }, (_, i) => `user-${(i * 2654435761) % 50_000}`)
  const items = texts.map(text => new TextEncoder().encode(text))
  const [hyperloglog, countMin, minhash] = [
    new engine.HyperLogLog(),
    new engine.CountMin(),
    new engine.MinHash(),
  ]
  const [ddsketch, frequent] = [new engine.DdSketch(), new engine.FrequentItems()]
  const contenders: [name: string, add: (i: number) => void][] = [
    ['HyperLogLog', i => hyperloglog.add(items[i]!)],
    ['count-min', i => countMin.add(items[i]!)],
    ['MinHash', i => minhash.add(items[i]!)],
    ['DDSketch', i => ddsketch.add(i + 0.5)],
    ['frequent items', i => frequent.add(texts[i]!)],
  ]
  const rates = new Map<string, number[]>(contenders.map(([name]) => [name, []]))
  for (let round = 0; round < repeat; round++)
    for (const [name, add] of contenders) {
      const ms = msOf(() => {
        for (let i = 0; i < itemCount; i++) add(i)
      })
      rates.get(name)!.push(itemCount / ms / 1000)
    }
  const table: Table = {
    title: 'Sketches, one add at a time',
    columns: ['', 'million adds/s'],
    rows: [...rates].map(([name, rate]) => [name, spread(spreadOf(rate))]),
  }
  return { rates: Object.fromEntries(rates), table }
}

/** By `Array.from`: ml-kmeans takes three times as long over rows that were spread. */
function rowsOf(values: Float32Array, dim: number): number[][] {
  return Array.from({ length: values.length / dim }, (_, row) =>
    Array.from(values.subarray(row * dim, (row + 1) * dim)),
  )
}

function msOf(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
