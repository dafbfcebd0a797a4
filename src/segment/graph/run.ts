// What can be asked of the graph of one run, whether it still grows in another thread or lies in a file: plain columns in,
// plain columns out, many nodes a question. An answer counts the events of its scope and no others, exactly, so that the
// answers of several runs add up to that of one. What occurs in no event of the scope is not there.

import type { TextColumn } from '../../base/text-column.ts'

/** Which events count: those of a time in [fromMs, untilMs) and with a doc below docUntil. Infinities are fine. */
export interface GraphScope {
  fromMs: number
  untilMs: number
  docUntil: number
}

export type Direction = 'out' | 'in' | 'both'

/** What the events of the scope say of n things: each column has n numbers. */
export interface Facts {
  /** u32: events */
  count: Uint32Array
  /** ms: event times; 0 where count is */
  firstMs: Float64Array
  lastMs: Float64Array
  /** the newest docs of thing i are [evidenceAt[i], evidenceAt[i + 1]), the highest first, with their times */
  evidenceAt: Uint32Array
  evidenceDoc: Uint32Array
  evidenceMs: Float64Array
}

export interface NodesQuestion {
  /** docs told of each node at most */
  evidenceMax: number
  attributes: boolean
}

/** Thing i is the i-th node asked for. */
export interface FoundNodes extends Facts {
  attributes: FoundAttributes
}

/**
 * The newest value of each attribute of each node asked for: newest by event time, then by doc. They are what is known of
 * a node at the moment, whatever the window; of a sealed run whose docs are not all below docUntil, attributes that were
 * set past it are left out.
 */
export interface FoundAttributes {
  /** u32: index of the node asked for */
  node: Uint32Array
  /** u32: index into `names` */
  name: Uint32Array
  names: string[]
  timeMs: Float64Array
  doc: Uint32Array
  /** each a JSON value as it was written */
  values: TextColumn
}

export interface EdgesQuestion {
  direction: Direction
  /** any type unless told */
  edgeTypes?: readonly string[] | undefined
}

/**
 * Thing i is an edge from or to a node asked for. Asked for both, one that leads from a node to itself comes once, as
 * leaving it. A hub has so many that no more is told of each than decides which of them matter; see `edgeFacts`.
 */
export interface FoundEdges {
  /** u32: index of the node asked for */
  node: Uint32Array
  /** u8: 1 where the edge leads to that node */
  inward: Uint8Array
  /** u32: index into `types` */
  type: Uint32Array
  types: string[]
  /** u32: index into `neighbours`, names of the nodes at the other end */
  neighbour: Uint32Array
  neighbours: TextColumn
  /** u32: events of the scope that it occurs in, at least 1 */
  count: Uint32Array
  /** u32: what this run calls the edge */
  edge: Uint32Array
}

/** Thing i is the i-th edge asked for. */
export interface EdgeFacts extends Facts {
  /** the weights of edge i add up to exactly the sum of weights[weightAt[i], weightAt[i + 1]) */
  weightAt: Uint32Array
  weights: Float64Array
}

export interface NamesQuestion {
  /** what the names begin with: `type\0` and the beginning of a key */
  prefix: Uint8Array
  /** only names behind this one */
  after?: Uint8Array | undefined
  limit: number
}

/** How much there is, in the run as a whole. */
export interface GraphStats {
  nodeCount: number
  edgeCount: number
  /** nodes and edges by the name of their type */
  nodes: Record<string, number>
  edges: Record<string, number>
}

/**
 * Questions name nodes by `type\0key` (see name.ts); a node that the run does not have is one that no event mentions.
 */
export interface GraphRun {
  nodes(names: TextColumn, scope: GraphScope, question: NodesQuestion): Promise<FoundNodes>
  edgesOf(names: TextColumn, scope: GraphScope, question: EdgesQuestion): Promise<FoundEdges>
  /** @param edges  as this run calls them */
  edgeFacts(edges: Uint32Array, scope: GraphScope, evidenceMax: number): Promise<EdgeFacts>
  /** Docs of the scope that mention at least one of the nodes, rising. */
  docsOf(names: TextColumn, scope: GraphScope): Promise<Uint32Array>
  /** Names of nodes, rising. */
  names(question: NamesQuestion, scope: GraphScope): Promise<TextColumn>
  stats(): Promise<GraphStats>
}
