// Which things of the merged graph the things of its inputs become. They are met in their order, so that nothing is held but
// the maps: 4 bytes for each node, edge and attribute of the inputs, and 8 for each merged node.

import { AttributeCursor, EdgeCursor, NameCursor } from './merge-cursors.ts'
import type { MergedTerms, MergeInput } from './merge-input.ts'
import { leastFirst } from './merge-least.ts'
import { compareNames, typeOfName } from './name.ts'

export interface MergePlan {
  nodeCount: number
  edgeCount: number
  attributeCount: number
  /** u32[nodes]: edges that leave each */
  outDegree: Uint32Array
  /** u32[nodes]: attributes of each */
  attributeDegree: Uint32Array
  nodesOfType: Record<string, number>
  edgesOfType: Record<string, number>
}

/** Fills the maps of the inputs. @throws CorruptPart */
export async function planMerge(
  inputs: readonly MergeInput[],
  { edgeTypes }: MergedTerms,
): Promise<MergePlan> {
  const { nodeCount, nodesOfType } = await numberNodes(inputs)
  const plan: MergePlan = {
    ...{ nodeCount, nodesOfType, edgeCount: 0, attributeCount: 0 },
    outDegree: new Uint32Array(nodeCount),
    attributeDegree: new Uint32Array(nodeCount),
    edgesOfType: Object.fromEntries(edgeTypes.map(type => [type, 0])),
  }
  await numberEdges(inputs, edgeTypes, plan)
  await numberAttributes(inputs, plan)
  return plan
}

async function numberNodes(inputs: readonly MergeInput[]) {
  const nodesOfType: Record<string, number> = {}
  let last: Uint8Array | undefined
  let nodeCount = 0
  const merged = leastFirst(
    inputs.map(input => new NameCursor(input)),
    (left, right) => compareNames(left.name, right.name),
    cursor => {
      if (last === undefined || compareNames(last, cursor.name) !== 0) {
        last = cursor.name
        nodeCount++
        const type = typeOfName(last)
        nodesOfType[type] = (nodesOfType[type] ?? 0) + 1
      }
      cursor.number(nodeCount - 1)
    },
  )
  for await (const _ of merged);
  return { nodeCount, nodesOfType }
}

async function numberEdges(inputs: readonly MergeInput[], edgeTypes: readonly string[], plan: MergePlan) {
  let last = { from: -1, type: -1, to: -1 }
  const merged = leastFirst(
    inputs.map(input => new EdgeCursor(input)),
    (left, right) => left.from - right.from || left.type - right.type || left.to - right.to,
    cursor => {
      const { from, type, to } = cursor
      if (from !== last.from || type !== last.type || to !== last.to) {
        last = { from, type, to }
        plan.edgeCount++
        plan.outDegree[from]!++
        plan.edgesOfType[edgeTypes[type]!]!++
      }
      cursor.number(plan.edgeCount - 1)
    },
  )
  for await (const _ of merged);
}

async function numberAttributes(inputs: readonly MergeInput[], plan: MergePlan) {
  let newest: AttributeCursor['setting'] | undefined
  const merged = leastFirst(
    inputs.map(input => new AttributeCursor(input)),
    (left, right) => left.node - right.node || left.name - right.name,
    cursor => {
      const { setting } = cursor
      if (newest?.node !== setting.node || newest.name !== setting.name) {
        plan.attributeCount++
        plan.attributeDegree[setting.node]!++
        newest = undefined
      }
      cursor.number(plan.attributeCount - 1)
      // of equal ones those of the later input come later, and its docs are higher
      if (newest !== undefined && newest.timeMs > setting.timeMs) return
      if (newest) newest.input.isNewest[newest.index] = 0
      setting.input.isNewest[setting.index] = 1
      newest = setting
    },
  )
  for await (const _ of merged);
}
