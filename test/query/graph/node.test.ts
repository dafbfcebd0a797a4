import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { docsNear } from '../../../src/query/graph/near.ts'
import { readNode } from '../../../src/query/graph/node.ts'
import type { NodeRef } from '../../../src/segment/graph/name.ts'
import { nameOf, TwinGraph, type TwinQuestion } from './twin.ts'
import { layouts, type PlacedEvent, randomWorld, segmentIds, type World } from './world.ts'

const everything: TwinQuestion = { direction: 'both', degreeMax: 1000, evidenceMax: 3 }
const stranger: NodeRef = { type: 'member', key: 'nobody' }

it('tells all that is known of a node, and of nobody nothing', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed)
    const world = randomWorld(random, 40)
    const twin = new TwinGraph(world.visible)
    const nodes = [stranger, ...world.visible.flatMap(({ mentions }) => mentions).slice(0, 4)]
    for (const [layout, sources] of Object.entries(await layouts(random, world)))
      for (const node of nodes) {
        const what = `seed ${seed}, ${layout}`
        const answer = await readNode({ ...node, edgesMax: 5, evidenceMax: 3 }, sources)
        if (twin.node(node).count === 0) {
          expect(answer, what).toBeUndefined()
          continue
        }
        const edges = twin.around(everything)(node)
        const mentioning = world.visible.filter(({ mentions }) =>
          mentions.some(one => nameOf(one) === nameOf(node)),
        )
        expect(answer, what).toEqual({
          ...twin.node(node),
          evidence: twin.evidence(mentioning, 3),
          attributes: attributesOf(world, node),
          degrees: degreesOf(twin, node),
          edges: edges.slice(0, 5).map(({ edge }) => edge),
          isCapped: edges.length > 5,
        })
        expect(Object.keys(answer!.attributes)).toEqual(Object.keys(answer!.attributes).sort())
      }
  }
})

/** Attributes are those of the moment, whatever the window. */
function attributesOf({ bySegment, docUntil }: World, node: NodeRef) {
  const newest: Record<string, { value: string; timeMs: number; segmentId: string; doc: number }> = {}
  for (const [i, events] of bySegment.entries())
    for (const { doc, timeMs, attributes } of events)
      for (const { node: of, name, value } of attributes) {
        if (nameOf(of) !== nameOf(node) || (i === 1 && doc >= docUntil)) continue
        if (newest[name] && newest[name].timeMs > timeMs) continue
        newest[name] = { value: JSON.stringify(value), timeMs, segmentId: segmentIds[i]!, doc }
      }
  return newest
}

function degreesOf(twin: TwinGraph, node: NodeRef) {
  const degrees = new Map<string, { type: string; direction: string; edges: number }>()
  for (const direction of ['in', 'out'] as const)
    for (const { edge } of twin.around({ ...everything, direction })(node)) {
      const name = `${edge.type} ${direction}`
      const edges = (degrees.get(name)?.edges ?? 0) + 1
      degrees.set(name, { type: edge.type, direction, edges })
    }
  return [...degrees].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, degree]) => degree)
}

it('finds the events near a node, in each source its own', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed)
    const world = randomWorld(random, 30)
    const twin = new TwinGraph(world.visible)
    const node = world.visible.flatMap(({ mentions }) => mentions)[0] ?? stranger
    const hops = Math.floor(random() * 3)
    const reached = new Set(
      twin.breadth([node], hops, Number.POSITIVE_INFINITY, everything).nodes.map(nameOf),
    )
    const isNear = ({ mentions }: PlacedEvent) => mentions.some(one => reached.has(nameOf(one)))
    for (const [layout, sources] of Object.entries(await layouts(random, world))) {
      const question = { node, hops, direction: 'both' as const, degreeMax: 1000, nodesMax: 1000 }
      const { docs, nodeCount, capped } = await docsNear(question, sources)
      const found = sources.flatMap(({ segmentId }, i) => [...docs[i]!].map(doc => `${segmentId} ${doc}`))
      const expected = world.visible.filter(isNear).map(({ segmentId, doc }) => `${segmentId} ${doc}`)
      expect(found.sort(), `seed ${seed}, ${layout}`).toEqual(expected.sort())
      expect(nodeCount).toBe(reached.size)
      expect(capped).toEqual({ hubs: [], hubCount: 0, limit: false, reach: false })
    }
  }
})

it('says that more nodes lie near than it may look at', async () => {
  const random = seededRandom(3)
  const world = { ...randomWorld(random, 80), docUntil: Number.POSITIVE_INFINITY }
  const { cut } = await layouts(random, world)
  const node = { type: 'member', key: '' }
  const question = { node, hops: 2, direction: 'both' as const, degreeMax: 1000, nodesMax: 3 }
  const { nodeCount, capped } = await docsNear(question, cut!)
  expect(nodeCount).toBe(3)
  expect(capped.limit).toBe(true)
})
