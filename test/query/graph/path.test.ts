import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { type PathQuestion, shortestPath } from '../../../src/query/graph/path.ts'
import type { NodeRef } from '../../../src/segment/graph/name.ts'
import type { RawEvent } from '../../segment/graph/streams.ts'
import { nameOf, TwinGraph } from './twin.ts'
import { layouts, randomWorld, segmentIds, type World } from './world.ts'

const question = (more: Pick<PathQuestion, 'from' | 'to'> & Partial<PathQuestion>): PathQuestion => ({
  ...{ direction: 'both', hopsMax: 6, degreeMax: 10_000, evidenceMax: 2 },
  ...more,
})

function nodesOf({ bySegment }: World): NodeRef[] {
  const all = bySegment.flat().flatMap(({ mentions }) => mentions)
  return [{ type: 'member', key: 'nobody' }, ...new Map(all.map(node => [nameOf(node), node])).values()]
}

/** Rungs of which each leads some way on: long paths, and several of one length. */
function ladder(random: () => number): World {
  const rung = (number: number): NodeRef => ({ type: 'page', key: `rung ${number}` })
  const type = () => (random() < 0.5 ? 'saw' : 'opened')
  const bySegment = segmentIds.map(() =>
    Array.from({ length: 14 }, (_, doc): RawEvent => {
      const number = Math.floor(random() * 12)
      const [from, to] = [rung(number), rung(number + 1 + Math.floor(random() * 2))]
      return {
        doc,
        timeMs: doc,
        mentions: [from, to],
        edges: [{ from, to, type: type(), weight: 1 }],
        attributes: [],
      }
    }),
  )
  const window = { fromMs: 0, untilMs: 1000 }
  const visible = bySegment.flatMap((events, i) =>
    events.map(event => ({ ...event, segmentId: segmentIds[i]! })),
  )
  return { bySegment, docUntil: 1000, window, visible }
}

it('is the shortest, and of several the one along the strongest edges, however the events lie in runs', async () => {
  const lengths: number[] = []
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed)
    const world = random() < 0.3 ? randomWorld(random, 30, 8) : ladder(random)
    const twin = new TwinGraph(world.visible)
    const nodes = nodesOf(world)
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
    const all = Object.entries(await layouts(random, world))
    for (let round = 0; round < 8; round++) {
      const direction = pick(['out', 'in', 'both'] as const)
      const edgeTypes = random() < 0.2 ? ['saw', 'opened'] : undefined
      const asked = question({
        from: pick(nodes),
        to: pick(nodes),
        direction,
        edgeTypes,
        hopsMax: pick([1, 4, 8, 8]),
      })
      for (const [layout, sources] of all) {
        const what = `seed ${seed}, round ${round}, ${layout}`
        const answer = await shortestPath(asked, sources)
        if (twin.node(asked.from).count === 0) expect(answer.outcome, what).toBe('unknown_from')
        else if (twin.node(asked.to).count === 0) expect(answer.outcome, what).toBe('unknown_to')
        else {
          const expected = twin.path(asked.from, asked.to, asked.hopsMax, asked)
          expect(answer.outcome, what).toBe(expected ? 'found' : 'none')
          expect(answer.edges, what).toEqual(expected ?? [])
          if (!expected) continue
          lengths.push(expected.length)
          expect(answer.nodes.length, what).toBe(expected.length + 1)
          expect(nameOf(answer.nodes[0]!), what).toBe(nameOf(asked.from))
          expect(nameOf(answer.nodes.at(-1)!), what).toBe(nameOf(asked.to))
        }
      }
    }
  }
  expect(lengths).toEqual(expect.arrayContaining([0, 1, 2, 3, 4]))
})

it('is a path also where edges of hubs are not followed, or says that there is none', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed)
    const world = randomWorld(random, 30, 20)
    const nodes = nodesOf(world).slice(1)
    const all = await layouts(random, world)
    for (let round = 0; round < 8 && nodes.length > 0; round++) {
      const [from, to] = [
        nodes[Math.floor(random() * nodes.length)]!,
        nodes[Math.floor(random() * nodes.length)]!,
      ]
      const direction = random() < 0.5 ? ('out' as const) : ('both' as const)
      const asked = question({ from, to, direction, degreeMax: 1 + Math.floor(random() * 3) })
      const [answer, ...others] = await Promise.all(
        Object.values(all).map(sources => shortestPath(asked, sources)),
      )
      for (const other of others) expect(other, `seed ${seed}`).toEqual(answer)
      if (answer!.outcome !== 'found') continue
      for (const [i, edge] of answer!.edges.entries()) {
        const ends = [nameOf(answer!.nodes[i]!), nameOf(answer!.nodes[i + 1]!)]
        const way = [nameOf(edge.from), nameOf(edge.to)]
        expect([way, [...way].reverse()].slice(0, direction === 'out' ? 1 : 2)).toContainEqual(ends)
      }
    }
  }
})
