import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { KmeansExports } from '../../src/engine/clusters/clusters.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import { plantedTruth } from '../../src/generate/planted-truth.ts'
import { behaviourClustersMax, EntityClusterer } from '../../src/pipeline/cluster-entities.ts'
import { entitiesMax } from '../../src/pipeline/entities.ts'
import { tellClusters } from '../../src/pipeline/known-clusters.ts'
import type { CheckedBatch } from '../../src/segment/checked-batch.ts'
import { noCluster } from '../../src/segment/texts/clusters.ts'
import { type Event, eventsOf, optionsFor } from '../generate/events-of.ts'
import { batchOf } from '../segment/batches.ts'
import { engineModule } from '../service/knowing.ts'
import { adjustedRand } from './adjusted-rand.ts'

const seed = 20_260_107
const kernels = startKernels<KmeansExports>(engineModule)
const options = optionsFor(seed, { members: 400, days: 14, rate: 40_000 / (14 * 86_400) })
const planted = batchesOf(eventsOf(options))
const truth = plantedTruth(options).behaviours

function batchesOf(events: readonly Event[], batchSize = 1000): CheckedBatch[] {
  return Array.from({ length: Math.ceil(events.length / batchSize) }, (_, number) => {
    const part = events.slice(number * batchSize, (number + 1) * batchSize)
    return batchOf({
      lines: part.map(({ memberCode, event }) => JSON.stringify({ entity_id: memberCode, type: event })),
      seq: number + 1,
      timeMs: row => Date.parse(part[row]!['@timestamp']),
    })
  })
}

function clustered(batches: readonly CheckedBatch[], clusterer = EntityClusterer.start()): EntityClusterer {
  for (const batch of batches) clusterer.add(kernels, batch)
  return clusterer
}

/** What was planted in each member, and where it was found. */
function pairsOf({ entities }: EntityClusterer): [number, number][] {
  return truth.flatMap(({ members }, label) =>
    members.flatMap((member): [number, number][] => {
      const found = entities.find(toUtf8(member))
      return found === undefined || found.cluster === noCluster ? [] : [[label, found.cluster]]
    }),
  )
}

const visits = (names: readonly string[], type = 'visit') =>
  batchOf({ lines: names.map(name => JSON.stringify({ entity_id: name, type })) })

describe('clusters of entities', () => {
  it('keep so many entities and no more, those that were seen last', () => {
    const clusterer = EntityClusterer.start()
    for (let from = 0; from < 2 * entitiesMax; from += 1000)
      clusterer.add(kernels, visits(Array.from({ length: 1000 }, (_, i) => `e${from + i}`)))
    expect(clusterer.entities.count).toBeLessThanOrEqual(entitiesMax)
    expect(clusterer.entities.count).toBeGreaterThanOrEqual(entitiesMax / 2)
    expect(clusterer.entities.find(toUtf8('e1'))).toBeUndefined()
    expect(clusterer.entities.find(toUtf8(`e${2 * entitiesMax - 100}`))).toEqual({
      cluster: noCluster,
      events: 1,
    })
  })

  it('leave out events of nobody, and names without end', () => {
    const clusterer = EntityClusterer.start()
    clusterer.add(kernels, batchOf({ lines: ['{"type":"visit"}'] }))
    clusterer.add(kernels, visits(['x'.repeat(257), 'x'.repeat(256), '']))
    expect(clusterer.entities.count).toBe(1)
  })

  it('take any number of types', () => {
    const clusterer = EntityClusterer.start()
    for (let type = 0; type < 200; type++) clusterer.add(kernels, visits(['a', 'b'], `type ${type}`))
    expect(clusterer.types.length).toBe(44)
    expect(clusterer.entities.find(toUtf8('a'))!.events).toBe(200)
  })

  it('find planted behaviours, far better than chance', () => {
    const pairs = pairsOf(clustered(planted))
    expect(pairs.length).toBeGreaterThan(350)
    expect(adjustedRand(pairs)).toBeGreaterThan(0.4)
  })

  it('find nothing where nothing is planted', () => {
    const pairs = pairsOf(clustered(batchesOf(eventsOf({ ...options, plant: [] }))))
    expect(pairs.length).toBeGreaterThan(350)
    expect(Math.abs(adjustedRand(pairs))).toBeLessThan(0.05)
  })

  it('are told by what their entities do more than others', () => {
    const clusterer = clustered(planted)
    const { behaviour } = tellClusters(undefined, clusterer, undefined)
    expect(behaviour.clusters.length).toBe(behaviourClustersMax)
    const lurker = truth.find(({ name }) => name === 'lurker')!.members[0]!
    const { cluster } = tellClusters(undefined, clusterer, lurker).entity!
    expect(behaviour.clusters[cluster!]!.types).toContain('search')
    expect(behaviour.clusters[cluster!]!.types).not.toContain('bet')
    expect(behaviour.clusters.reduce((sum, { entities }) => sum + entities, 0)).toBeLessThanOrEqual(
      behaviour.entities,
    )
  })

  it('are the same of the same batches, and a restart changes nothing', () => {
    const whole = clustered(planted).toBytes()
    expect(clustered(planted).toBytes()).toEqual(whole)
    const restarted = EntityClusterer.fromBytes(clustered(planted.slice(0, 13)).toBytes())
    expect(clustered(planted.slice(13), restarted).toBytes()).toEqual(whole)
  })
})
