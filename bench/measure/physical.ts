// What this machine could do at best, on the same bytes: the walls that the figures are to be read against.

import { readFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createZstd } from '../../src/adapters/codec-zstd.ts'
import { quantile } from './statistics.ts'

export interface Walls {
  /** 64 KiB written and synced, one after the other */
  syncMs: number
  /** 1 MiB written and synced, one after the other */
  syncedMbPerSecond: number
  /** `JSON.parse` of each line, one core, nothing kept */
  parseMbPerSecond: number
  /** copy from memory to memory, one core */
  copyMbPerSecond: number
  /** zstd level 1 in WASM as parts are packed, 1 MiB at a time, one core */
  zstdMbPerSecond: number
  /** bytes in for each byte out */
  zstdRatio: number
}

const kib = 1024
const mib = 1024 * kib

/**
 * @param ndjson  events as the suite sends them
 * @param folder  on the disk that the service will write to
 */
export async function measureWalls(
  ndjson: Uint8Array,
  { folder, isSmall }: { folder: string; isSmall: boolean },
): Promise<Walls> {
  const bytes = ndjson.length
  const lines = Buffer.from(ndjson).toString('utf8').trimEnd().split('\n')
  const zstd = packing(ndjson)
  const syncs = await syncSeconds(folder, 64 * kib, isSmall ? 8 : 200)
  const large = await syncSeconds(folder, mib, isSmall ? 4 : 200)
  return {
    syncMs: quantile(syncs.sort(rising), 0.5) * 1000,
    syncedMbPerSecond: (large.length * mib) / 1e6 / large.reduce((sum, seconds) => sum + seconds, 0),
    parseMbPerSecond: fastest(bytes, () => {
      for (const line of lines) JSON.parse(line)
    }),
    copyMbPerSecond: fastest(bytes, () => ndjson.slice()),
    zstdMbPerSecond: fastest(bytes, zstd.run),
    zstdRatio: bytes / zstd.packedBytes,
  }
}

const rounds = 3

/** MB/s of the best round: a wall is where it is on an idle machine. */
function fastest(bytes: number, run: () => unknown): number {
  let seconds = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now()
    run()
    seconds = Math.min(seconds, (performance.now() - startedMs) / 1000)
  }
  return bytes / 1e6 / seconds
}

function packing(ndjson: Uint8Array): { run: () => number; packedBytes: number } {
  const codec = createZstd(new WebAssembly.Module(readFileSync(resolve('dist/wasm/zstd.wasm'))))
  const run = () => {
    let packedBytes = 0
    for (let at = 0; at < ndjson.length; at += mib)
      packedBytes += codec.compress(ndjson.subarray(at, at + mib)).length
    return packedBytes
  }
  return { run, packedBytes: run() }
}

async function syncSeconds(folder: string, bytes: number, count: number): Promise<number[]> {
  const path = join(folder, 'wall.tmp')
  const block = Buffer.alloc(bytes, 'alluvium')
  const file = await open(path, 'w')
  const seconds: number[] = []
  for (let i = 0; i < count; i++) {
    const startedMs = performance.now()
    await file.write(block)
    await file.datasync()
    seconds.push((performance.now() - startedMs) / 1000)
  }
  await file.close()
  await rm(path)
  return seconds
}

const rising = (left: number, right: number) => left - right
