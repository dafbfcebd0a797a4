import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.ts'
import { collectWalk, walk } from '../../../src/query/graph/walk.ts'
import type { WalkQuestion } from '../../../src/query/graph/walk-items.ts'
import type { NodeRef } from '../../../src/segment/graph/name.ts'
import { byName, nameOf, TwinGraph, type TwinQuestion } from './twin.ts'
import { layouts, randomWorld, type World } from './world.ts'

const stranger: NodeRef = { type: 'member', key: 'nobody' }

function randomQuestion(random: () => number, { bySegment }: World): WalkQuestion {
  const nodes = [stranger, ...bySegment.flat().flatMap(({ mentions }) => mentions)]
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
  return {
    start: Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(nodes)),
    strategy: 'bfs',
    hops: Math.floor(random() * 4),
    direction: pick(['out', 'in', 'both'] as const),
    edgeTypes: random() < 0.3 ? ['saw', 'opened'] : undefined,
    nodeTypes: random() < 0.3 ? ['game', 'page'] : undefined,
    limit: 1 + Math.floor(random() * 60),
    degreeMax: random() < 0.5 ? 1 + Math.floor(random() * 4) : 1000,
    evidenceMax: Math.floor(random() * 4),
    seed: Math.floor(random() * 1000),
  }
}

/** Answers over every layout, which have to be one. */
async function answerOf(question: WalkQuestion, world: World, random: () => number, what: string) {
  const answers = []
  for (const [layout, sources] of Object.entries(await layouts(random, world)))
    answers.push({ layout, answer: await collectWalk(walk(question, sources)) })
  for (const { layout, answer } of answers) expect(answer, `${what}, ${layout}`).toEqual(answers[0]!.answer)
  return answers[0]!.answer
}

describe('a walk in breadth', () => {
  it('finds what the definition does on the events, however they lie in runs, and in its order', async () => {
    for (let seed = 1; seed <= 35; seed++) {
      const random = seededRandom(seed)
      const world = randomWorld(random, 40)
      const twin = new TwinGraph(world.visible)
      for (let round = 0; round < 3; round++) {
        const question = randomQuestion(random, world)
        const what = `seed ${seed}, round ${round}`
        const answer = await answerOf(question, world, random, what)
        const { start, hops, limit } = question
        const expected = twin.breadth(start, hops, limit, question as TwinQuestion)
        expect(answer.nodes, what).toEqual(expected.nodes)
        expect(answer.edges, what).toEqual(expected.edges)
        expect(answer.unknown, what).toEqual(expected.unknown)
        expect(answer.capped.limit, what).toBe(expected.isOver)
      }
    }
  })

  it('names the hubs whose weakest edges were left out', async () => {
    const random = seededRandom(3)
    const world = { ...randomWorld(random, 80), docUntil: Number.POSITIVE_INFINITY }
    const question: WalkQuestion = {
      ...{ start: [{ type: 'member', key: '' }], strategy: 'bfs', hops: 1, direction: 'both' },
      ...{ limit: 100, degreeMax: 2, evidenceMax: 1, seed: 1 },
    }
    const { edges, capped } = await answerOf(question, world, random, 'hub')
    expect(edges.length).toBe(2)
    expect(capped).toEqual({ hubs: [{ type: 'member', key: '' }], hubCount: 1, limit: false, reach: false })
  })

  it('of nobody that is known says so', async () => {
    const random = seededRandom(4)
    const question = { ...randomQuestion(random, randomWorld(random, 5)), start: [stranger, stranger] }
    for (const strategy of ['bfs', 'random', 'ppr'] as const) {
      const answer = await answerOf({ ...question, strategy }, randomWorld(random, 20), random, strategy)
      expect(answer).toMatchObject({ nodes: [], edges: [], unknown: [stranger] })
    }
  })
})

describe('walks at random', () => {
  it('go the same ways for the same seed, however the events lie in runs', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed)
      const world = randomWorld(random, 40)
      const question: WalkQuestion = { ...randomQuestion(random, world), strategy: 'random', hops: 6 }
      const { nodes } = await answerOf(question, world, random, `seed ${seed}`)
      const visits = nodes.map(({ visits }) => visits!)
      expect(visits).toEqual([...visits].sort((left, right) => right - left))
    }
  })

  it('come by as often as chance has it', async () => {
    const random = seededRandom(8)
    const world = randomWorld(random, 60, 3)
    const start = world.visible[0]!.mentions[0] ?? world.visible.flatMap(({ mentions }) => mentions)[0]!
    const question: WalkQuestion = {
      ...{ start: [start], strategy: 'random', hops: 40, direction: 'both', limit: 1000 },
      ...{ degreeMax: 1000, evidenceMax: 0, seed: 5 },
    }
    const { nodes } = await answerOf(question, world, random, 'chance')
    const expected = visitChances(new TwinGraph(world.visible), start, question)
    for (const { type, key, visits } of nodes)
      expect(Math.abs(visits! / 41_000 - (expected.get(nameOf({ type, key })) ?? 0))).toBeLessThan(0.015)
    expect(nodes.reduce((sum, { visits }) => sum + visits!, 0)).toBe(41_000)
  })
})

/** Shares of visits, by distributions step by step. */
function visitChances(twin: TwinGraph, start: NodeRef, question: WalkQuestion): Map<string, number> {
  const around = twin.around(question as TwinQuestion)
  const shares = new Map<string, number>()
  let places = new Map<string, { node: NodeRef; chance: number }>([
    [nameOf(start), { node: start, chance: 1 }],
  ])
  for (let step = 0; step <= question.hops; step++) {
    const next = new Map<string, { node: NodeRef; chance: number }>()
    const go = (node: NodeRef, chance: number) =>
      next.set(nameOf(node), { node, chance: (next.get(nameOf(node))?.chance ?? 0) + chance })
    for (const [name, { node, chance }] of places) {
      shares.set(name, (shares.get(name) ?? 0) + chance / (question.hops + 1))
      const edges = around(node)
      const total = edges.reduce((sum, { edge }) => sum + edge.count, 0)
      go(start, chance * (total === 0 ? 1 : 0.15))
      for (const { edge, neighbour } of edges) go(neighbour, (chance * 0.85 * edge.count) / total)
    }
    places = next
  }
  return shares
}

describe('a walk by rank', () => {
  it('scores nodes as PageRank does, short of what was not pushed, however the events lie in runs', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      const world = randomWorld(random, 40)
      const question: WalkQuestion = {
        ...randomQuestion(random, world),
        ...{ strategy: 'ppr', limit: 1000, nodeTypes: undefined, degreeMax: 1000 },
      }
      const { nodes, edges } = await answerOf(question, world, random, `seed ${seed}`)
      const exact = pageRank(new TwinGraph(world.visible), question)
      const missing = 1 - nodes.reduce((sum, { score }) => sum + score!, 0)
      for (const { type, key, score } of nodes) {
        const expected = exact.get(nameOf({ type, key })) ?? 0
        expect(score!, `seed ${seed}`).toBeLessThanOrEqual(expected + 1e-12)
        expect(score!, `seed ${seed}`).toBeGreaterThanOrEqual(expected - missing - 1e-12)
      }
      if (exact.size > 0) expect(missing).toBeLessThan(0.05)
      const told = new Set(nodes.map(nameOf))
      for (const { from, to } of edges) expect(told.has(nameOf(from)) && told.has(nameOf(to))).toBe(true)
      for (const [i, { score }] of nodes.entries())
        if (i > 0 && nodes[i - 1]!.score === score) expect(byName(nodes[i - 1]!, nodes[i]!)).toBeLessThan(0)
    }
  })
})

/** Where the walk ends, by following all of it until next to nothing is left. */
function pageRank(twin: TwinGraph, question: WalkQuestion): Map<string, number> {
  const around = twin.around(question as TwinQuestion)
  const distinct = [...new Map(question.start.map(node => [nameOf(node), node])).values()]
  const known = distinct.filter(node => twin.node(node).count > 0)
  const ends = new Map<string, number>()
  let going = new Map(known.map(node => [nameOf(node), { node, mass: 1 / known.length }]))
  for (let step = 0; step < 300 && going.size > 0; step++) {
    const next = new Map<string, { node: NodeRef; mass: number }>()
    for (const [name, { node, mass }] of going) {
      const edges = around(node)
      const total = edges.reduce((sum, { edge }) => sum + edge.count, 0)
      const stopping = total === 0 ? mass : 0.15 * mass
      ends.set(name, (ends.get(name) ?? 0) + stopping)
      for (const { edge, neighbour } of edges) {
        const known = next.get(nameOf(neighbour))?.mass ?? 0
        next.set(nameOf(neighbour), {
          node: neighbour,
          mass: known + ((mass - stopping) * edge.count) / total,
        })
      }
    }
    going = next
  }
  return ends
}
