// Neighbouring `graph` parts of a segment as one: the very bytes that one writing of all their events would have made. The
// inputs are read once to number their things, then column by column, a stretch at a time; in memory stay the maps and the
// starts of one column of lists, some 10 bytes for each node and edge.

import { assert } from '../../base/assert.ts'
import type { CheckedFile } from '../checked.ts'
import { SectionWriter } from '../sections.ts'
import { GrowingF64, GrowingU32 } from './growing.ts'
import { fenceEntries, type GraphHead, type GraphSection, graphSections } from './layout.ts'
import {
  bytesOf,
  type ColumnMerge,
  type ListMerge,
  mergeColumn,
  mergeLists,
  startsOfLengths,
} from './merge-columns.ts'
import { HashCursor } from './merge-cursors.ts'
import { type Kind, type MergedTerms, MergeInput } from './merge-input.ts'
import { leastFirst } from './merge-least.ts'
import { inwardEdges, loads, names, newestValues, postings, weights } from './merge-lists.ts'
import { type MergePlan, planMerge } from './merge-plan.ts'
import { stretchThings } from './merge-stretch.ts'

/**
 * @param files  in log order: all docs of one lie below those of the next
 * @throws CorruptPart when an input is not what was written, here or while it is read
 */
export async function* mergeGraphs(files: readonly CheckedFile[]): AsyncGenerator<Uint8Array> {
  const { inputs, terms } = await MergeInput.open(files)
  const heads = headsWithDocs(inputs)
  for (let i = 1; i < heads.length; i++)
    assert(heads[i - 1]!.docUntil <= heads[i]!.docFrom, 'runs in log order')
  const plan = await planMerge(inputs, terms)
  const writer = new SectionWriter()
  yield writer.begin()
  for (const [name, pieces] of sectionsOf(inputs, plan)) {
    let byteCount = 0
    for await (const piece of pieces) {
      byteCount += piece.length
      yield piece
    }
    yield writer.end(name, graphSections[name], byteCount)
  }
  yield writer.finish({ ...headOf(heads, terms, plan) })
}

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** All sections in the order of the file. Each is made when it is read, and those of lists before their starts. */
function* sectionsOf(inputs: readonly MergeInput[], plan: MergePlan): Generator<[GraphSection, Pieces]> {
  const counts: Record<Kind, number> = {
    node: plan.nodeCount,
    edge: plan.edgeCount,
    attribute: plan.attributeCount,
  }
  const column = (kind: Kind, name: GraphSection, merge: ColumnMerge = {}): [GraphSection, Pieces] => [
    name,
    mergeColumn({ inputs, kind, count: counts[kind] }, name, merge),
  ]
  function* lists<S extends GraphSection>(
    kind: Kind,
    merge: ListMerge<S>,
  ): Generator<[GraphSection, Pieces]> {
    const starts = graphSections[merge.starts] === 'u32' ? new GrowingU32() : new GrowingF64()
    yield [merge.lists, mergeLists({ inputs, kind, count: counts[kind] }, merge, starts)]
    yield [merge.starts, [bytesOf(starts.view())]]
  }
  const sum = { fold: (left: number, right: number) => left + right }
  const isNewest = { counts: (input: MergeInput, index: number) => input.isNewest[index] === 1 }
  const fences = new GrowingU32()

  yield* lists('node', names())
  yield ['nodeHashes', mergeHashes(inputs, fences)]
  yield ['hashFences', [bytesOf(fences.view())]]
  yield column('node', 'nodeCount', sum)
  yield column('node', 'nodeFirst', { fold: Math.min })
  yield column('node', 'nodeLast', { fold: Math.max })
  yield* lists('node', postings('nodePostings', 'nodePostingAt'))
  yield ['attributeAt', startsOfLengths(plan.attributeDegree)]
  yield column('attribute', 'attributeName', {
    ...isNewest,
    value: (name, input) => input.attributes[name]!,
  })
  yield column('attribute', 'attributeMs', isNewest)
  yield column('attribute', 'attributeDoc', isNewest)
  yield* lists('attribute', newestValues())
  yield ['outAt', startsOfLengths(plan.outDegree)]
  yield* lists('node', inwardEdges())
  yield ['edgeFrom', repeated(plan.outDegree)]
  yield column('edge', 'edgeTo', { value: (node, input) => input.map.node[node]! })
  yield column('edge', 'edgeType', { value: (type, input) => input.edgeTypes[type]! })
  yield column('edge', 'edgeCount', sum)
  yield column('edge', 'edgeFirst', { fold: Math.min })
  yield column('edge', 'edgeLast', { fold: Math.max })
  yield* lists('edge', postings('edgePostings', 'edgePostingAt'))
  yield* lists('edge', weights())
  yield* lists('edge', loads())
}

/** For each thing its number, as often as the degree says. */
function* repeated(degrees: Uint32Array): Generator<Uint8Array> {
  const numbers = new GrowingU32()
  for (let thing = 0; thing < degrees.length; thing++) {
    for (let i = 0; i < degrees[thing]!; i++) numbers.push(thing)
    if (numbers.length >= stretchThings) yield bytesOf(numbers.take())
  }
  yield bytesOf(numbers.take())
}

/** The index of hashes; its fences are those of `fences` afterwards. */
async function* mergeHashes(inputs: readonly MergeInput[], fences: GrowingU32): AsyncGenerator<Uint8Array> {
  const entries = new GrowingU32()
  let entryCount = 0
  let lastNode = -1
  const merged = leastFirst(
    inputs.map(input => new HashCursor(input)),
    (left, right) => left.high - right.high || left.low - right.low || left.node - right.node,
    cursor => {
      // one name has one hash, so that what several inputs have comes side by side
      if (cursor.node === lastNode) return
      lastNode = cursor.node
      if (entryCount++ % fenceEntries === 0) fences.push(cursor.high)
      entries.append([cursor.high, cursor.low, cursor.node])
    },
  )
  for await (const _ of merged) yield bytesOf(entries.take())
}

function headsWithDocs(inputs: readonly MergeInput[]): GraphHead[] {
  return inputs.map(({ head }) => head).filter(({ docUntil }) => docUntil > 0)
}

function headOf(heads: readonly GraphHead[], terms: MergedTerms, plan: MergePlan): GraphHead {
  return {
    format: 'graph',
    version: 1,
    docFrom: heads[0]?.docFrom ?? 0,
    docUntil: heads.at(-1)?.docUntil ?? 0,
    ...terms,
    nodesOfType: plan.nodesOfType,
    edgesOfType: plan.edgesOfType,
  }
}
