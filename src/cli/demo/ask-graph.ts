// Walking: from a member over what it used to those who used it too, and between two members who know nothing of each
// other.

import { countText } from '../figures.ts'
import { columns } from '../terminal.ts'
import { json, type Stage } from './stage.ts'

interface NodeKey {
  type: string
  key: string
}

interface Edge {
  from: NodeKey
  type: string
  to: NodeKey
  count: number
  evidence: unknown[]
}

interface WalkAnswer {
  nodes: NodeKey[]
  edges: Edge[]
}

const edgesShown = 6

/** Over its devices to whoever else has used one of them. */
export async function askDevices(stage: Stage, member: string): Promise<void> {
  stage.ask(`Who shares a device with ${member}?`, 'POST /v1/graph/walk')
  const answer = await json<WalkAnswer>(
    stage,
    '/v1/graph/walk',
    {},
    {
      start: [memberNode(member)],
      hops: 2,
      edge_types: ['logged_in_from'],
      direction: 'both',
      strategy: 'bfs',
    },
  )
  const others = answer.nodes.filter(({ type, key }) => type === 'member' && key !== member)
  stage.tell([
    others.length > 0 ? `${others.map(({ key }) => key).join(', ')}:` : 'nobody',
    ...edgeLines(stage, answer.edges),
  ])
}

export async function askPath(stage: Stage, source: string, target: string): Promise<void> {
  stage.ask(`How does ${source} hang together with ${target}?`, 'POST /v1/graph/path')
  const body = { source: memberNode(source), target: memberNode(target) }
  const answer = await json<WalkAnswer>(stage, '/v1/graph/path', {}, body)
  stage.tell(answer.edges.length > 0 ? edgeLines(stage, answer.edges) : ['not at all'])
}

function memberNode(key: string): NodeKey {
  return { type: 'member', key }
}

function edgeLines({ style }: Stage, edges: readonly Edge[]): string[] {
  const rows = edges
    .slice(0, edgesShown)
    .map(({ from, type, to, count, evidence }) => [
      `${from.type} ${from.key}`,
      style.cyan(`─${type}→`),
      `${to.type} ${to.key}`,
      `${countText(count)}×`,
      style.dim(`${countText(evidence.length)} events as evidence`),
    ])
  const left = edges.length - rows.length
  return left > 0 ? [...columns(rows), style.dim(`and ${countText(left)} more`)] : columns(rows)
}
