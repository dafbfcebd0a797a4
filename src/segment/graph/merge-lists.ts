// What the lists that several graphs have for one thing are together.

import { ExactSum } from './exact-sum.ts'
import { GrowingF64, GrowingU8, GrowingU32 } from './growing.ts'
import type { ListMerge } from './merge-columns.ts'
import { PostingWriter } from './postings.ts'

/** All inputs have the same. */
export function names(): ListMerge<'nodeNames'> {
  const sink = new GrowingU8()
  return {
    ...{ lists: 'nodeNames', starts: 'nodeNameAt', sink },
    join: parts => sink.append(parts[0]!.list),
  }
}

/** The newest docs stand first, and they are those of the last input. */
export function postings<S extends 'nodePostings' | 'edgePostings'>(
  lists: S,
  starts: 'nodePostingAt' | 'edgePostingAt',
): ListMerge<S> {
  const writer = new PostingWriter()
  return {
    ...{ lists, starts, sink: writer.bytes as ListMerge<S>['sink'] },
    join: parts => {
      writer.begin()
      for (let i = parts.length - 1; i >= 0; i--) writer.join(parts[i]!.list)
    },
  }
}

export function newestValues(): ListMerge<'attributeValues'> {
  const sink = new GrowingU8()
  return {
    ...{ lists: 'attributeValues', starts: 'attributeValueAt', sink },
    join: parts => {
      for (const { input, index, list } of parts) if (input.isNewest[index]) sink.append(list)
    },
  }
}

/** Each edge once, rising. */
export function inwardEdges(): ListMerge<'inEdges'> {
  const sink = new GrowingU32()
  return {
    ...{ lists: 'inEdges', starts: 'inAt', sink },
    join: parts => {
      const merged = new GrowingU32()
      for (const { input, list } of parts) for (const edge of list) merged.push(input.map.edge[edge]!)
      const edges = merged.view().sort()
      for (let i = 0; i < edges.length; i++) if (i === 0 || edges[i] !== edges[i - 1]) sink.push(edges[i]!)
    },
  }
}

export function weights(): ListMerge<'edgeWeights'> {
  const sink = new GrowingF64()
  const sum = new ExactSum()
  return {
    ...{ lists: 'edgeWeights', starts: 'edgeWeightAt', sink },
    join: parts => {
      for (const { list } of parts) sum.addParts(list)
      sink.append(sum.takeParts())
    },
  }
}

/** Beside postings that weigh something else, those that weigh 1 have to say so. */
export function loads(): ListMerge<'edgeLoads'> {
  const sink = new GrowingF64()
  return {
    ...{ lists: 'edgeLoads', starts: 'edgeLoadAt', sink, beside: 'edgeCount' },
    join: parts => {
      if (parts.every(({ list }) => list.length === 0)) return
      for (let i = parts.length - 1; i >= 0; i--) {
        const { list, beside: count } = parts[i]!
        sink.append(list.length > 0 ? list : new Float64Array(count).fill(1))
      }
    },
  }
}
