// What Louvain and Leiden are made of: a graph, its nodes in communities, and the steps that move nodes, refine communities
// and make a smaller graph of the groups that were found, again and again. Graphs after the first lie in two places by turns.

import type { Region } from '../arena.ts'
import { demand, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { edgesPerChunk, overNodes, overRanges, slowEdgesPerChunk } from './chunks.ts'
import { numberGroups } from './components.ts'
import type { HeldGraph, Rows, Scratch } from './held.ts'
import { headerWord, type Layout, layOut, writeHeader } from './level.ts'
import { modularity, weighNodes } from './modularity.ts'

export interface CommunityOptions {
  /** more than 0; above 1 communities are smaller, below 1 greater; default 1 */
  resolution?: number
  /** of the order in which nodes are visited, and of what is left to chance; a whole number of 32 bits, default 1 */
  seed?: number
}

/** How nodes are divided. */
export interface Division {
  /** u32[nodeCount], numbered from 0 in the order of their first nodes */
  communities: Uint32Array
  count: number
}

export interface Communities extends Division {
  /** finest first; each is made of whole communities of the one before, and the last is the result */
  levels: Division[]
  /** of the result, at the resolution that was asked for */
  modularity: number
}

/** Where a graph of the hierarchy after the first is written, and before that the edges within communities. */
interface Room extends Rows {
  nodeCountMax: number
  edgeCountMax: number
}

/** How often a level's nodes and edges may be looked at, on average: a bound that nothing but a fault would reach. */
const roundsMax = 1000
/** The θ of Traag, Waltman, van Eck, in edges of mean weight. */
const randomness = 0.01

export class Hierarchy {
  nodeCount = 0
  #edgeCount = 0
  /** how many graphs there have been */
  #level = 0
  #rows: Rows
  readonly #graph: HeldGraph
  readonly #scratch: Scratch
  readonly #layout: Layout
  readonly #resolution: number
  readonly #rooms: Room[] = []
  #next: Room | undefined
  /** resolution / all strength */
  #pull = 0
  #theta = 0

  /** @throws BadInput when the graph is directed, or an option out of its range */
  constructor(graph: HeldGraph, scratch: Scratch, { resolution = 1, seed = 1 }: CommunityOptions) {
    demand(!graph.isDirected, 'the graph is directed: expected one without direction')
    demand(resolution > 0 && resolution < Infinity, `resolution is ${resolution}: expected more than 0`)
    demandWhole('seed', seed, { min: 0, max: 0xffff_ffff })
    this.#graph = graph
    this.#scratch = scratch
    this.#resolution = resolution
    this.#layout = layOut(scratch, graph.nodeCount)
    this.#rows = graph.outgoing
    graph.kernels.call.randomSeed(this.#layout.random.at, seed, 0)
  }

  /** Begins at the graph itself, with each node alone, or as another climb ended. */
  *begin(division?: Division): Work<void> {
    const { arena } = this.#graph.kernels
    const { strengths, communities, membership } = this.#layout
    const { nodeCount, edgeCount, outgoing } = this.#graph
    this.#level++
    yield* weighNodes(this.#graph, {
      rows: outgoing,
      strengths: strengths.at,
      step: this.#step('weigh nodes'),
    })
    const strengthSum = arena.f64(strengths).reduce((sum, strength) => sum + strength, 0)
    this.#pull = strengthSum === 0 ? 0 : this.#resolution / strengthSum
    this.#theta = strengthSum === 0 ? 0 : (randomness * strengthSum) / edgeCount
    fillRising(arena.u32(membership))
    fillRising(arena.u32(communities))
    if (division) arena.u32(communities).set(division.communities)
    this.#enter(outgoing, { nodeCount, edgeCount })
  }

  /** Moves nodes for as long as modularity gains. @returns how many moves, and how many communities there are then */
  *moveNodes(): Work<{ moveCount: number; communityCount: number }> {
    const { arena, call } = this.#graph.kernels
    const { header, order, random } = this.#layout
    call.graphShuffleRuns(order.at, this.nodeCount, random.at)
    call.graphMoveStart(header.at)
    const step = this.#step('move nodes')
    let share = 0
    let chunksLeft = Math.ceil((roundsMax * (this.nodeCount + this.#edgeCount)) / slowEdgesPerChunk)
    for (let queued = this.nodeCount; queued > 0 && chunksLeft > 0; chunksLeft--) {
      queued = call.graphMove(header.at, this.#pull, slowEdgesPerChunk) >>> 0
      share = Math.max(share, 1 - queued / this.nodeCount)
      yield { step, share }
    }
    const words = arena.u32(header)
    return {
      moveCount: words[headerWord.moveCount]!,
      communityCount: this.nodeCount - words[headerWord.spareCount]!,
    }
  }

  /** Grows connected parts within the communities, after `moveNodes`. @returns how many */
  *refine(): Work<number> {
    const { call } = this.#graph.kernels
    const { header, parts } = this.#layout
    yield* overNodes(this.#step('single out nodes'), this.nodeCount, from =>
      call.graphRefineStart(header.at, from, edgesPerChunk),
    )
    yield* overNodes(this.#step('refine communities'), this.nodeCount, from =>
      call.graphRefine(header.at, this.#pull, this.#theta, from, slowEdgesPerChunk),
    )
    return yield* this.#number('number parts', parts)
  }

  /** Makes parts of what hangs together within the communities. @returns how many */
  *split(): Work<number> {
    const { arena, call } = this.#graph.kernels
    const { communities, parts } = this.#layout
    fillRising(arena.u32(parts))
    yield* overNodes(this.#step('split communities'), this.nodeCount, from =>
      call.graphComponentsUniteWithin(
        this.#rows.starts,
        this.#rows.targets,
        communities.at,
        parts.at,
        this.nodeCount,
        from,
        edgesPerChunk,
      ),
    )
    yield* overRanges(this.#step('find roots'), this.nodeCount, (from, until) =>
      call.graphComponentsFlatten(parts.at, from, until),
    )
    return yield* this.#number('number pieces', parts)
  }

  /** Goes up to the graph of the communities, each alone there. */
  *climbCommunities(): Work<Division> {
    const { communities } = this.#layout
    const division = yield* this.#climb(communities, yield* this.#number('number communities', communities))
    fillRising(this.#graph.kernels.arena.u32(communities))
    return division
  }

  /** Goes up to the graph of the parts, each in the community that its nodes were in. */
  *climbParts(partCount: number): Work<Division> {
    const { communities, queue, parts } = this.#layout
    const { arena } = this.#graph.kernels
    const division = yield* this.#climb(parts, partCount)
    arena.u32(communities).set(arena.u32(queue).subarray(0, partCount))
    yield* this.#number('number communities', communities)
    return division
  }

  *#climb(groups: Region, groupCount: number): Work<Division> {
    const { arena, call } = this.#graph.kernels
    const { header, membership, strengths, order, spare, queue, nextStrengths } = this.#layout
    const room = this.#next!
    call.graphSortMembers(groups.at, spare.at, order.at, this.nodeCount, groupCount)
    yield* overNodes(this.#step('aggregate'), groupCount, from =>
      call.graphAggregate(
        header.at,
        groups.at,
        spare.at,
        order.at,
        room.starts,
        room.targets,
        room.weights,
        nextStrengths.at,
        queue.at,
        groupCount,
        from,
        slowEdgesPerChunk,
      ),
    )
    yield* overRanges(this.#step('follow nodes'), this.#graph.nodeCount, (from, until) =>
      call.graphCompose(membership.at, groups.at, from, until),
    )
    arena.f64(strengths).set(arena.f64(nextStrengths).subarray(0, groupCount))
    const starts = { name: 'level starts', at: room.starts, byteCount: (groupCount + 1) * 4 }
    this.#level++
    this.#enter(room, { nodeCount: groupCount, edgeCount: arena.u32(starts)[groupCount]! })
    return { communities: arena.u32(membership).slice(), count: groupCount }
  }

  /** A place for what is made of this graph, and is no greater: two of them serve all graphs by turns. */
  #roomBeside(): Room {
    const free = this.#rooms.find(
      room =>
        room.starts !== this.#rows.starts &&
        room.nodeCountMax >= this.nodeCount &&
        room.edgeCountMax >= this.#edgeCount,
    )
    if (free) return free
    const room = {
      nodeCountMax: this.nodeCount,
      edgeCountMax: this.#edgeCount,
      starts: this.#scratch.words('level starts', this.nodeCount + 1).at,
      targets: this.#scratch.words('level targets', this.#edgeCount).at,
      weights: this.#scratch.reals('level weights', this.#edgeCount).at,
    }
    this.#rooms.push(room)
    return room
  }

  #step(name: string): string {
    return `${name}, level ${this.#level}`
  }

  #enter(rows: Rows, { nodeCount, edgeCount }: { nodeCount: number; edgeCount: number }): void {
    this.nodeCount = nodeCount
    this.#edgeCount = edgeCount
    this.#rows = rows
    this.#next = this.#roomBeside()
    writeHeader(this.#graph.kernels.arena, this.#layout, { nodeCount, rows, inner: this.#next })
  }

  /** Parts and communities have room for the first level's nodes, of which this level's are named. */
  #number(name: string, groups: Region): Work<number> {
    const step = this.#step(name)
    return numberGroups(this.#graph, {
      groups,
      numbers: this.#layout.touched,
      nodeCount: this.nodeCount,
      step,
    })
  }
}

/** 0, 1, 2 … */
function fillRising(words: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = i
}

/** What was found, with its worth. */
export function* described(
  graph: HeldGraph,
  levels: Division[],
  { resolution = 1 }: CommunityOptions,
): Work<Communities> {
  const result = levels.at(-1) ?? allAlone(graph.nodeCount)
  const found = yield* modularity(graph, result.communities, { resolution })
  return { ...result, levels, modularity: found }
}

function allAlone(nodeCount: number): Division {
  const communities = new Uint32Array(nodeCount)
  fillRising(communities)
  return { communities, count: nodeCount }
}
