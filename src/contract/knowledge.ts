// What can be asked of what the events say and mention, as the routes and the command line see it.

import type { ClustersAnswer, ClustersRequest } from './clusters.ts'
import type { Filter } from './filter.ts'
import type { AsOf, StoredEvent } from './service.ts'

export interface NodeKey {
  type: string
  key: string
}

/** What every question is asked of: one stream of a tenant, and a window of event time. */
export interface Scope {
  tenant: string
  stream: string
  fromMs?: number
  untilMs?: number
}

export type SearchMode = 'hybrid' | 'vector' | 'words'

export interface SearchRequest extends Scope {
  /** At most one of them; none lists the newest events that the filter lets through. */
  text?: string
  vector?: readonly number[]
  /** an event's id: what is like its text */
  like?: string
  mode: SearchMode
  filter?: Filter
  /** only events within so many hops of a node; 0 hops are those that mention it */
  near?: { node: NodeKey; hops: number }
  k: number
  /** compares every vector */
  exact: boolean
  fusion: Fusion
  /** words may differ by a letter or two */
  fuzzy: boolean
  /** the last word may be the beginning of one */
  prefix: boolean
  /** one hit for each value of a field; `text` for each distinct text */
  groupBy?: string
  /** fields whose values are counted over all events that match */
  facets: readonly string[]
  explain: boolean
  /** with `explain`: why this event is not among the hits, or where it stands */
  whyNot?: string
}

/** How the ranks of words and meaning become one: reciprocal ranks (Cormack 2009), or a weighted sum of scaled scores. */
export type Fusion =
  | { method: 'rrf'; rankConstant: number }
  | { method: 'weighted'; words: number; vector: number }

export interface SearchHit {
  event: StoredEvent
  score: number
  /** what the pack makes of the event */
  text: string
  /** where it holds words that were asked for: [start, end) in units of UTF-16, rising */
  highlights?: [number, number][]
  /** how many events in scope have this very text, this one among them */
  sameText: number
  group?: { value: string | null; count: number }
  explanation?: Explanation
}

/** How a hit came to its score. Ranks count from 1; a part that did not find it is left out. */
export interface Explanation {
  words?: { rank: number; score: number; terms: { term: string; score: number }[] }
  vector?: { rank: number; similarity: number }
  fusion: { method: Fusion['method']; score: number }
}

export interface SearchAnswer {
  hits: SearchHit[]
  /** events in scope that the words match, or all in scope where there are no words */
  count: number
  facets: Record<string, { value: string; count: number }[]>
  whyNot: string | undefined
  /** what the reader of the answer should know: mixed packs, vectors that are still to come … */
  notes: string[]
  partial: boolean
  asOf: AsOf
}

export interface NodeRequest extends Scope {
  node: NodeKey
  /** strongest edges that are told */
  edgesMax: number
  evidenceMax: number
}

export type WalkStrategy = 'bfs' | 'random' | 'ppr'
export type Direction = 'out' | 'in' | 'both'

export interface WalkRequest extends Scope {
  start: readonly NodeKey[]
  strategy: WalkStrategy
  /** bfs: levels; random: steps of each walk */
  hops: number
  direction: Direction
  edgeTypes?: readonly string[]
  nodeTypes?: readonly string[]
  /** bfs: edges; random and ppr: nodes */
  limit: number
  /** edges of a node that are followed: those of the highest counts */
  degreeMax: number
  evidenceMax: number
  seed: number
}

export interface PathRequest extends Scope {
  source: NodeKey
  target: NodeKey
  direction: Direction
  edgeTypes?: readonly string[]
  hopsMax: number
  degreeMax: number
  evidenceMax: number
}

/** An event that says it. */
export interface Evidence {
  segmentId: string
  /** `<writer>-<sequence>` */
  docId: string
  timeMs: number
}

/** Counts are of the events in scope. */
export interface KnownNode extends NodeKey {
  count: number
  /** undefined where no event in scope mentions it */
  firstMs: number | undefined
  lastMs: number | undefined
  /** bfs: from the nearest start */
  hops?: number
  /** random: how often walks came by */
  visits?: number
  /** ppr: all scores of a graph add up to 1 */
  score?: number
}

export interface KnownEdge {
  from: NodeKey
  type: string
  to: NodeKey
  count: number
  weight: number
  firstMs: number
  lastMs: number
  evidence: Evidence[]
}

/** What bounds have cut. */
export interface Capped {
  /** nodes of a higher degree than is followed; the first of them, and how many there are */
  hubs: NodeKey[]
  hubCount: number
  /** there was more to tell */
  limit: boolean
  /** there may have been more to read */
  reach: boolean
}

export interface GraphAnswer {
  notes: string[]
  /** a damaged part was left out: there may be more */
  partial: boolean
  asOf: AsOf
}

export interface NodeAnswer extends GraphAnswer {
  /** undefined where no event in scope mentions it */
  node:
    | (KnownNode & {
        /** newest values: each as JSON, and when it was said */
        attributes: Record<string, { value: string; timeMs: number }>
        degrees: { type: string; direction: 'out' | 'in'; count: number }[]
        edges: KnownEdge[]
        evidence: Evidence[]
        isCapped: boolean
      })
    | undefined
}

export interface WalkAnswer extends GraphAnswer {
  nodes: KnownNode[]
  edges: KnownEdge[]
  /** start nodes that no event in scope mentions */
  unknown: NodeKey[]
  capped: Capped
}

export interface PathAnswer extends GraphAnswer {
  outcome: 'found' | 'unknown_source' | 'unknown_target' | 'none'
  nodes: KnownNode[]
  edges: KnownEdge[]
  capped: Capped
}

export interface KnowledgeService {
  /** Throws Refused for a question that can't be asked, such as `like` of an event that is not there. */
  search(request: SearchRequest): Promise<SearchAnswer>
  node(request: NodeRequest): Promise<NodeAnswer>
  walk(request: WalkRequest): Promise<WalkAnswer>
  path(request: PathRequest): Promise<PathAnswer>
  clusters(request: ClustersRequest): Promise<ClustersAnswer>
}
