// A graph that lies in an instance's memory, checked once, for as many questions as there are. One caller at a time: a work
// that has begun is finished, or returned, before the next begins.

import type { Arena, Region } from '../arena.ts'
import { demand, demandWhole } from '../checks.ts'
import type { Work } from '../work.ts'
import { type Csr, checkCsr, reversed } from './csr.ts'
import type { At, GraphKernels } from './kernels.ts'

/** Rows as kernels take them. */
export interface Rows {
  starts: At
  targets: At
  /** 0 for edges of weight 1 */
  weights: At
}

export class HeldGraph {
  readonly kernels: GraphKernels
  readonly nodeCount: number
  /** as they stand in rows: without direction, an edge stands twice */
  readonly edgeCount: number
  readonly isDirected: boolean
  readonly outgoing: Rows
  /** the same as `outgoing` where edges have no direction */
  readonly incoming: Rows
  readonly #region: Region
  #isReleased = false

  constructor(kernels: GraphKernels, csr: Csr, { region, outgoing, incoming }: Placed) {
    this.kernels = kernels
    this.nodeCount = csr.nodeCount
    this.edgeCount = csr.targets.length
    this.isDirected = csr.isDirected
    this.outgoing = outgoing
    this.incoming = incoming
    this.#region = region
  }

  get hasWeights(): boolean {
    return this.outgoing.weights !== 0
  }

  /** How often a loop counts for a node's strength: without direction it has both ends there. */
  get loopShare(): number {
    return this.isDirected ? 1 : 2
  }

  /** Memory for one call, to be let go with `end`. @throws BadInput when the graph is not held any more */
  scratch(): Scratch {
    demand(!this.#isReleased, 'the graph was released: expected one that is held')
    return new Scratch(this.kernels.arena)
  }

  /** @throws BadInput when there is no such node */
  demandNode(name: string, node: number): void {
    demandWhole(name, node, { min: 0, max: this.nodeCount - 1 })
  }

  /** Lets go of it and of whatever was put into the instance after it. */
  release(): void {
    if (this.#isReleased) return
    this.kernels.arena.release(this.#region)
    this.#isReleased = true
  }
}

/** Regions of one call, named for whoever runs out of memory. */
export class Scratch {
  readonly #arena: Arena
  readonly #bottom: Region

  constructor(arena: Arena) {
    this.#arena = arena
    this.#bottom = arena.take('call', 0)
  }

  bytes(name: string, byteCount: number): Region {
    return this.#arena.take(name, byteCount)
  }

  /** u32[count], as they happen to be */
  words(name: string, count: number): Region {
    return this.#arena.take(name, count * 4)
  }

  /** f64[count], as they happen to be */
  reals(name: string, count: number): Region {
    return this.#arena.take(name, count * 8)
  }

  end(): void {
    this.#arena.release(this.#bottom)
  }
}

interface Placed {
  region: Region
  outgoing: Rows
  incoming: Rows
}

/**
 * Checks a graph and puts it into the instance: 4 bytes a node and 4 an edge, 8 more with weights; a directed graph twice,
 * the second time by its incoming edges.
 *
 * @throws BadInput     when rows are not as `Csr` says, or not the same both ways in a graph without direction
 * @throws OutOfMemory  when it doesn't fit; the instance is as before
 */
export function* holdGraph(kernels: GraphKernels, csr: Csr): Work<HeldGraph> {
  checkCsr(csr)
  const back = yield* reversed(csr)
  if (!csr.isDirected) checkBothWays(csr, back)
  const { arena } = kernels
  const region = arena.take('graph', 0)
  try {
    const outgoing = place(arena, csr)
    const incoming = csr.isDirected ? place(arena, back) : outgoing
    return new HeldGraph(kernels, csr, { region, outgoing, incoming })
  } catch (error) {
    arena.release(region)
    throw error
  }
}

function place(arena: Arena, { starts, targets, weights }: Csr): Rows {
  const startsAt = arena.take('graph starts', starts.byteLength)
  const targetsAt = arena.take('graph targets', targets.byteLength)
  const weightsAt = weights && arena.take('graph weights', weights.byteLength)
  arena.u32(startsAt).set(starts)
  arena.u32(targetsAt).set(targets)
  if (weights) arena.f64(weightsAt!).set(weights)
  return { starts: startsAt.at, targets: targetsAt.at, weights: weightsAt?.at ?? 0 }
}

function checkBothWays(csr: Csr, back: Csr): void {
  const isSame =
    sameAs(csr.starts, back.starts) &&
    sameAs(csr.targets, back.targets) &&
    (!csr.weights || sameAs(csr.weights, back.weights!))
  demand(
    isSame,
    'a graph without direction lacks an edge one way: expected each in both rows, with one weight',
  )
}

function sameAs(left: Uint32Array | Float64Array, right: Uint32Array | Float64Array): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i])
}
