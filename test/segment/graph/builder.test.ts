import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { GraphBuilder } from '../../../src/segment/graph/builder.ts'
import { mergeGraphs } from '../../../src/segment/graph/merge-graph.ts'
import { PageCache } from '../../../src/segment/graph/pages.ts'
import { openGraph } from '../../../src/segment/graph/sealed-graph.ts'
import { writeGraph } from '../../../src/segment/graph/write-graph.ts'
import { writeSections } from '../../../src/segment/sections.ts'
import { addEvents, builderOf, derivedOf, fileOf, gathered, joined, randomEvents } from './streams.ts'

const events = randomEvents(seededRandom(1), { eventCount: 60 })

it('refuses docs that do not rise, parts out of log order, and files that are no graph', async () => {
  const builder = builderOf(events)
  expect(() => addEvents(builder, events.slice(-1))).toThrow('docs of a segment rise')
  const files = [events.slice(30), events.slice(0, 30)].map(run => fileOf(writeGraph(builderOf(run))))
  await expect(gathered(mergeGraphs(files))).rejects.toThrow('runs in log order')
  const other = fileOf(writeSections({ format: 'words' }, []))
  await expect(openGraph(other, new PageCache(0))).rejects.toThrow('a graph part of version 1')
})

it('takes of a batch the rows of its segment alone', () => {
  const mine = events.filter((_, i) => i % 3 === 0)
  const builder = new GraphBuilder()
  builder.add(derivedOf(events), {
    doc: Int32Array.from(events, ({ doc }, i) => (i % 3 === 0 ? doc : -1)),
    timeMs: Float64Array.from(events, ({ timeMs }) => timeMs),
  })
  expect(joined(writeGraph(builder))).toEqual(joined(writeGraph(builderOf(mine))))
})

it('says what it takes of memory', () => {
  const empty = new GraphBuilder().byteCount
  expect(empty).toBeLessThan(20_000)
  expect(builderOf(randomEvents(seededRandom(1), { eventCount: 900 })).byteCount).toBeGreaterThan(2 * empty)
})
