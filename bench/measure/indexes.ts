// Vector indexes side by side: ours on each binary, and what else installs on Node. All with 16 links, 100 candidates an
// insert, cosine distance, one thread.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import type * as Engine from '../../src/engine/engine.ts'

export interface BuiltIndex {
  /** by how many candidates it keeps */
  search(queryIndex: number, breadth: number): ArrayLike<number | bigint>
}

export interface Contender {
  name: string
  /** @returns seconds of inserting alone, and what can be searched */
  build(vectors: Float32Array, queries: Float32Array, dim: number): { seconds: number; index: BuiltIndex }
}

export const linksMax = 16
const buildBreadth = 100
export const k = 10

export async function loadEngine(): Promise<typeof Engine> {
  return import(pathToFileURL(resolve('dist/engine.js')).href)
}

/** The binaries that this runtime can compile: on Node 20 with its flag, and without the baseline compiler, which errs. */
export function compiledEngines({
  hasRelaxedSimd,
}: typeof Engine): { name: string; module: WebAssembly.Module }[] {
  if (process.versions.node.startsWith('20.'))
    setFlagsFromString('--experimental-wasm-relaxed-simd --no-liftoff')
  const compile = (file: string) => new WebAssembly.Module(readFileSync(resolve('dist/wasm', file)))
  const engines = [{ name: 'Alluvium, SIMD', module: compile('engine.wasm') }]
  if (hasRelaxedSimd())
    engines.push({ name: 'Alluvium, relaxed SIMD', module: compile('engine-relaxed.wasm') })
  return engines
}

export function ourContenders(engine: typeof Engine): Contender[] {
  return compiledEngines(engine).map(({ name, module }) => ({
    name,
    build(vectors, queries, dim) {
      const index = new engine.HnswIndex(module, { dim, metric: 'cosine', linksMax, buildBreadth })
      const seconds = secondsOf(() => engine.finish(index.insert(vectors)))
      const rows = rowsOf(queries, dim)
      return { seconds, index: { search: (i, breadth) => index.search(rows[i]!, { k, breadth }).ids } }
    },
  }))
}

/** Those that are installed. @param folder  for what has to go through a file */
export function peerContenders(folder: string): Contender[] {
  const hnswlib = installed<Hnswlib>('hnswlib-node')
  const usearch = installed<Usearch>('usearch')
  return [
    ...(hnswlib ? [hnswlibContender(hnswlib)] : []),
    ...(usearch ? (['f32', 'i8'] as const).map(kind => usearchContender(usearch, kind, folder)) : []),
  ]
}

interface Hnswlib {
  HierarchicalNSW: new (
    space: 'ip',
    dim: number,
  ) => {
    initIndex(count: number, linksMax: number, buildBreadth: number, seed: number): void
    addPoint(vector: number[], id: number): void
    setEf(breadth: number): void
    searchKnn(vector: number[], k: number): { neighbors: number[] }
  }
}

function hnswlibContender({ HierarchicalNSW }: Hnswlib): Contender {
  return {
    name: 'hnswlib-node 3.0',
    build(vectors, queries, dim) {
      const rows = rowsOf(vectors, dim).map(row => Array.from(row))
      const asked = rowsOf(queries, dim).map(row => Array.from(row))
      const index = new HierarchicalNSW('ip', dim)
      const seconds = secondsOf(() => {
        index.initIndex(rows.length, linksMax, buildBreadth, 100)
        for (const [id, row] of rows.entries()) index.addPoint(row, id)
      })
      let breadthNow = 0
      const search = (i: number, breadth: number) => {
        if (breadth !== breadthNow) index.setEf(breadth)
        breadthNow = breadth
        return index.searchKnn(asked[i]!, k).neighbors
      }
      return { seconds, index: { search } }
    },
  }
}

interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void
  search(vector: Float32Array, k: number, threads: number): { keys: BigUint64Array }
  save(path: string): void
  load(path: string): void
}

interface Usearch {
  Index: new (options: Record<string, number | string>) => UsearchIndex
}

function usearchContender({ Index }: Usearch, quantization: 'f32' | 'i8', folder: string): Contender {
  const start = (dimensions: number, breadth: number) =>
    new Index({
      metric: 'cos',
      dimensions,
      quantization,
      connectivity: linksMax,
      expansion_add: buildBreadth,
      expansion_search: breadth,
    })
  return {
    name: `usearch 2.26 ${quantization}`,
    build(vectors, queries, dim) {
      const built = start(dim, 64)
      const keys = BigUint64Array.from({ length: vectors.length / dim }, (_, id) => BigInt(id))
      const seconds = secondsOf(() => {
        // one call a vector, as the others have it
        for (let id = 0; id < keys.length; id++)
          built.add(keys.subarray(id, id + 1), vectors.subarray(id * dim, (id + 1) * dim), 1)
      })
      // the breadth of a search is fixed when an index is made, so that each breadth is one of its own
      const path = join(folder, `usearch-${quantization}-${dim}`)
      built.save(path)
      const rows = rowsOf(queries, dim)
      const byBreadth = new Map<number, UsearchIndex>()
      const at = (breadth: number) => {
        let index = byBreadth.get(breadth)
        if (!index) {
          byBreadth.clear()
          index = start(dim, breadth)
          index.load(path)
          byBreadth.set(breadth, index)
        }
        return index
      }
      return { seconds, index: { search: (i, breadth) => at(breadth).search(rows[i]!, k, 1).keys } }
    },
  }
}

function rowsOf(flat: Float32Array, dim: number): Float32Array[] {
  return Array.from({ length: flat.length / dim }, (_, i) => flat.subarray(i * dim, (i + 1) * dim))
}

function installed<T>(name: string): T | undefined {
  try {
    return createRequire(resolve('bench/package.json'))(name) as T
  } catch {
    return undefined // its rows are left out
  }
}

/** Of the processor, not of the clock: all of them work on one thread, and others may want the machine too. */
export function secondsOf(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}
