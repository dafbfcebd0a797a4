// How the entities of a stream behave, as it flows: each has a vector of what its events are and when they come, and is put
// into a cluster again whenever it has been seen an eighth more often, so that what is known well costs little.

import { ByteTable } from '../base/byte-table.ts'
import { fromUtf8, toUtf8 } from '../base/bytes.ts'
import type { KmeansExports } from '../engine/clusters/clusters.ts'
import { FrameReader, FrameWriter } from '../engine/frame.ts'
import type { Kernels } from '../engine/kernels.ts'
import type { CheckedBatch } from '../segment/checked-batch.ts'
import { noToken } from '../segment/rows.ts'
import { tokenBytes } from '../segment/token.ts'
import { behaviourDims, behaviourVector, hourSlotOf, typeSlots, weekdaySlotOf } from './behaviour.ts'
import { ClusterModel } from './cluster-model.ts'
import { countEvent, Entities } from './entities.ts'

export const behaviourClustersMax = 8
const halfLifeRows = 1 << 15
/** Fewer events say too little of how somebody behaves. */
const eventsMin = 8
/** Events of a batch that are counted before their entities are looked at. */
const rowsMax = 1024
const kind = { name: 'ALLUCLB', version: 1 }

export class EntityClusterer {
  readonly model: ClusterModel
  readonly entities: Entities
  /** types of events by slot; those that come when all are taken share the last */
  readonly #types: ByteTable

  private constructor(model: ClusterModel, entities: Entities, types: ByteTable) {
    this.model = model
    this.entities = entities
    this.#types = types
  }

  static start(): EntityClusterer {
    const options = { clusterCount: behaviourClustersMax, dims: behaviourDims, halfLifeRows }
    return new EntityClusterer(ClusterModel.start(options), new Entities(), new ByteTable())
  }

  /** Names of the types that have a slot. */
  get types(): string[] {
    return Array.from({ length: this.#types.count }, (_, slot) => fromUtf8(this.#types.at(slot)))
  }

  add(kernels: Kernels<KmeansExports>, batch: CheckedBatch): void {
    for (let from = 0; from < batch.accepted.count; from += rowsMax)
      this.#addRows(kernels, batch, { from, until: Math.min(from + rowsMax, batch.accepted.count) })
  }

  #addRows(
    kernels: Kernels<KmeansExports>,
    { accepted, blocks }: CheckedBatch,
    { from, until }: { from: number; until: number },
  ): void {
    const due = new Set<number>()
    this.entities.turn(until - from)
    const { young } = this.entities
    for (let row = from; row < until; row++) {
      const token = accepted.entityToken[row]!
      if (token === noToken) continue
      const block = blocks[accepted.block[row]!]!
      const entity = this.entities.see(tokenBytes(block, token))
      if (entity < 0) continue
      const typeToken = accepted.typeToken[row]!
      const type = typeToken === noToken ? typeSlots - 1 : this.#typeSlot(tokenBytes(block, typeToken))
      const timeMs = accepted.timeMs[row]!
      countEvent(young, entity, [type, hourSlotOf(timeMs), weekdaySlotOf(timeMs)])
      const events = young.totals[entity]!
      if (events >= eventsMin && events >= young.dueAt[entity]!) due.add(entity)
    }
    this.#assign(kernels, [...due])
  }

  #assign(kernels: Kernels<KmeansExports>, due: readonly number[]): void {
    const { young } = this.entities
    const rows = new Float32Array(due.length * behaviourDims)
    for (const [i, entity] of due.entries())
      behaviourVector(young.countsOf(entity), rows.subarray(i * behaviourDims, (i + 1) * behaviourDims))
    const clusters = this.model.add(kernels, rows)
    for (const [i, entity] of due.entries()) {
      const events = young.totals[entity]!
      young.clusters[entity] = clusters[i]!
      young.dueAt[entity] = events + Math.max(1, events >>> 3)
    }
  }

  #typeSlot(type: Uint8Array): number {
    if (this.#types.count < typeSlots - 1) return this.#types.add(type)
    const known = this.#types.find(type)
    return known < 0 ? typeSlots - 1 : known
  }

  toBytes(): Uint8Array {
    const frame = new FrameWriter(kind)
    const [model, types] = [this.model.toBytes(), toUtf8(JSON.stringify(this.types))]
    frame.u32(model.length).bytes(model).u32(types.length).bytes(types)
    this.entities.write(frame)
    return frame.finish()
  }

  static fromBytes(bytes: Uint8Array): EntityClusterer {
    const read = new FrameReader(kind, bytes)
    const model = ClusterModel.fromBytes(read.bytes(read.u32()))
    const types = new ByteTable()
    for (const type of JSON.parse(fromUtf8(read.bytes(read.u32()))) as string[]) types.add(toUtf8(type))
    const entities = Entities.read(read)
    read.end()
    return new EntityClusterer(model, entities, types)
  }
}
