// The entities of a stream whose behaviour is in memory, in two generations: one that is seen moves to the young, and when
// these are as many as may be, the old are forgotten and the young are the old. So those that were seen last stay, a look
// costs the same however many there are, and who is forgotten is told by the stream alone.

import { ByteTable } from '../base/byte-table.ts'
import type { FrameReader, FrameWriter } from '../engine/frame.ts'
import { noCluster } from '../segment/texts/clusters.ts'
import { behaviourDims, countedEventsMax } from './behaviour.ts'

/** Of one stream. */
export const entitiesMax = 32_768
const generationMax = entitiesMax / 2
const entityBytesMax = 256

/** Columns by entity. */
class Generation {
  readonly names = new ByteTable()
  /** u16[entities × behaviourDims] */
  counts = new Uint16Array(64 * behaviourDims)
  /** u16: events counted, at which of these it is looked at again, and its cluster */
  totals = new Uint16Array(64)
  dueAt = new Uint16Array(64)
  clusters = new Uint16Array(64)

  /** Room for one that has just been named. */
  grow(): void {
    const { count } = this.names
    if (count <= this.totals.length) return
    const room = Math.max(64, 2 * this.totals.length)
    this.counts = longer(this.counts, room * behaviourDims)
    this.totals = longer(this.totals, room)
    this.dueAt = longer(this.dueAt, room)
    this.clusters = longer(this.clusters, room)
  }

  countsOf(entity: number): Uint16Array {
    return this.counts.subarray(entity * behaviourDims, (entity + 1) * behaviourDims)
  }
}

export class Entities {
  #young = new Generation()
  #old = new Generation()

  get young(): Generation {
    return this.#young
  }

  /** How many there are. */
  get count(): number {
    let count = this.#young.names.count
    for (let i = 0; i < this.#old.names.count; i++)
      if (this.#young.names.find(this.#old.names.at(i)) < 0) count++
    return count
  }

  /** Makes room for so many entities in the young: numbers told from here on are good until the next call. */
  turn(fresh: number): void {
    if (this.#young.names.count + fresh <= generationMax) return
    this.#old = this.#young
    this.#young = new Generation()
  }

  /** @returns its number among the young; -1 for a name that is none */
  see(name: Uint8Array): number {
    if (name.length === 0 || name.length > entityBytesMax) return -1
    const young = this.#young
    const before = young.names.count
    const entity = young.names.add(name)
    if (entity < before) return entity
    young.grow()
    const known = this.#old.names.find(name)
    if (known < 0) young.clusters[entity] = noCluster
    else copyEntity(this.#old, known, young, entity)
    return entity
  }

  /** The entity as it is known, without seeing it. */
  find(name: Uint8Array): { cluster: number; events: number } | undefined {
    for (const generation of [this.#young, this.#old]) {
      const entity = generation.names.find(name)
      if (entity >= 0) return { cluster: generation.clusters[entity]!, events: generation.totals[entity]! }
    }
    return undefined
  }

  /** How many there are in each cluster. */
  sizes(clusterCount: number): number[] {
    const sizes = new Array<number>(clusterCount).fill(0)
    const count = ({ clusters }: Generation, entity: number) => {
      if (clusters[entity] !== noCluster) sizes[clusters[entity]!]!++
    }
    for (let i = 0; i < this.#young.names.count; i++) count(this.#young, i)
    for (let i = 0; i < this.#old.names.count; i++)
      if (this.#young.names.find(this.#old.names.at(i)) < 0) count(this.#old, i)
    return sizes
  }

  write(frame: FrameWriter): void {
    for (const { names, counts, totals, dueAt, clusters } of [this.#young, this.#old]) {
      const { data, offsets } = names.column()
      const rows = names.count
      frame.u32(rows).array(Uint32Array.from(offsets)).bytes(data)
      frame.bytes(bytesOf(counts.subarray(0, rows * behaviourDims)))
      for (const column of [totals, dueAt, clusters]) frame.bytes(bytesOf(column.subarray(0, rows)))
    }
  }

  static read(frame: FrameReader): Entities {
    const entities = new Entities()
    for (const generation of [entities.#young, entities.#old]) {
      const rows = frame.u32()
      const offsets = frame.u32s(rows + 1)
      const data = frame.bytes(offsets[rows]!)
      for (let i = 0; i < rows; i++) generation.names.add(data, offsets[i]!, offsets[i + 1]!)
      const u16s = (count: number) => new Uint16Array(frame.bytes(2 * count).buffer)
      generation.counts = u16s(rows * behaviourDims)
      generation.totals = u16s(rows)
      generation.dueAt = u16s(rows)
      generation.clusters = u16s(rows)
    }
    return entities
  }
}

/** Counts one event more in some slots. */
export function countEvent(
  generation: Generation,
  entity: number,
  slots: readonly [number, number, number],
): void {
  const counts = generation.countsOf(entity)
  if (generation.totals[entity] === countedEventsMax) {
    for (let slot = 0; slot < behaviourDims; slot++) counts[slot]! >>>= 1
    generation.totals[entity]! >>>= 1
    generation.dueAt[entity]! >>>= 1
  }
  generation.totals[entity]!++
  for (const slot of slots) counts[slot]!++
}

function copyEntity(from: Generation, entity: number, to: Generation, copy: number): void {
  to.countsOf(copy).set(from.countsOf(entity))
  to.totals[copy] = from.totals[entity]!
  to.dueAt[copy] = from.dueAt[entity]!
  to.clusters[copy] = from.clusters[entity]!
}

function longer(array: Uint16Array, length: number): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(length)
  grown.set(array)
  return grown
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}
