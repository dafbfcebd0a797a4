// What the events of a scope say of nodes or edges of a `graph` part. What lies in the scope whole is told by its stored
// numbers; of what the scope cuts, the postings are counted.

import type { GraphFile } from './graph-file.ts'
import type { PagedSection } from './pages.ts'
import { PostingReader, postingBytesMax } from './postings.ts'
import type { GraphScope } from './run.ts'
import { boundsOf, offsetsOf } from './sealed-bounds.ts'
import { Tally } from './tally.ts'

/** @returns a row for each node, without weights. @throws CorruptPart */
export function nodeFacts(
  { head, pages }: GraphFile,
  nodes: ArrayLike<number>,
  question: FactsQuestion,
): Promise<Tally> {
  const sheet: Sheet = {
    ...{ docUntil: head.docUntil, count: pages.nodeCount, first: pages.nodeFirst, last: pages.nodeLast },
    ...{ postingAt: pages.nodePostingAt, postings: pages.nodePostings },
  }
  return tallyOf(sheet, nodes, question)
}

/** @returns u32[edges]: events of the scope that each occurs in. @throws CorruptPart */
export async function edgeCounts(
  file: GraphFile,
  edges: ArrayLike<number>,
  scope: GraphScope,
): Promise<Uint32Array> {
  return (await tallyOf(edgeSheet(file), edges, { scope, evidenceMax: 0 })).facts().count
}

function edgeSheet({ head, pages }: GraphFile): Sheet {
  return {
    ...{ docUntil: head.docUntil, count: pages.edgeCount, first: pages.edgeFirst, last: pages.edgeLast },
    ...{ postingAt: pages.edgePostingAt, postings: pages.edgePostings },
  }
}

/** @returns a row for each edge. @throws CorruptPart */
export function edgeFacts(
  file: GraphFile,
  edges: ArrayLike<number>,
  question: FactsQuestion,
): Promise<Tally> {
  const { pages } = file
  const sheet: Sheet = {
    ...edgeSheet(file),
    weights: { at: pages.edgeWeightAt, floats: pages.edgeWeights },
    loads: { at: pages.edgeLoadAt, floats: pages.edgeLoads },
  }
  return tallyOf(sheet, edges, question)
}

export interface FactsQuestion {
  scope: GraphScope
  evidenceMax: number
}

interface Floats {
  at: PagedSection<'u32'>
  floats: PagedSection<'f64'>
}

/** The columns of nodes or of edges. */
interface Sheet {
  docUntil: number
  count: PagedSection<'u32'>
  first: PagedSection<'f64'>
  last: PagedSection<'f64'>
  postingAt: PagedSection<'f64'>
  postings: PagedSection<'u8'>
  weights?: Floats
  loads?: Floats
}

/** How much of a thing's events the scope holds. */
const share = { none: 0, whole: 1, cut: 2 } as const

async function tallyOf(
  sheet: Sheet,
  things: ArrayLike<number>,
  { scope, evidenceMax }: FactsQuestion,
): Promise<Tally> {
  const [count, first, last] = await Promise.all([
    sheet.count.at(things),
    sheet.first.at(things),
    sheet.last.at(things),
  ])
  const shares = count.map((_, i) => {
    if (last[i]! < scope.fromMs || first[i]! >= scope.untilMs) return share.none
    const isWhole = first[i]! >= scope.fromMs && last[i]! < scope.untilMs && sheet.docUntil <= scope.docUntil
    return isWhole ? share.whole : share.cut
  })
  const [postings, weights, loads] = await Promise.all([
    postingsOf(sheet, things, { shares, evidenceMax }),
    floatsOf(sheet.weights, things, i => shares[i] === share.whole),
    floatsOf(sheet.loads, things, i => shares[i] === share.cut),
  ])
  const tally = new Tally(scope, evidenceMax)
  const reader = new PostingReader()
  for (let i = 0; i < things.length; i++) {
    reader.open(postings.data, postings.offsets[i]!, postings.offsets[i + 1]!)
    if (shares[i] === share.whole) {
      for (let cited = 0; cited < evidenceMax && cited < count[i]!; cited++)
        if (reader.next()) tally.cite(reader.doc, reader.timeMs)
      const row = weights.data.subarray(weights.offsets[i]!, weights.offsets[i + 1]!)
      tally.endAs({ count: count[i]!, firstMs: first[i]!, lastMs: last[i]!, weights: row })
    } else {
      const end = loads.offsets[i + 1]!
      for (let load = loads.offsets[i]!; reader.next(); load++)
        tally.add(reader.doc, reader.timeMs, load < end ? loads.data[load]! : 1)
      tally.end()
    }
  }
  return tally
}

/** Of a whole thing the postings that are cited, of a cut one all. The stretch of a cited one may end within a posting. */
async function postingsOf(
  sheet: Sheet,
  things: ArrayLike<number>,
  { shares, evidenceMax }: { shares: Uint32Array; evidenceMax: number },
): Promise<{ data: Uint8Array; offsets: Uint32Array }> {
  if (evidenceMax === 0 && !shares.includes(share.cut))
    return { data: new Uint8Array(0), offsets: new Uint32Array(things.length + 1) }
  const bounds = await boundsOf(sheet.postingAt, things)
  for (let i = 0; i < things.length; i++) {
    const bytesMax =
      shares[i] === share.cut
        ? Number.POSITIVE_INFINITY
        : shares[i] === share.whole
          ? evidenceMax * postingBytesMax
          : 0
    bounds.until[i] = Math.min(bounds.until[i]!, bounds.from[i]! + bytesMax)
  }
  return { data: await sheet.postings.stretches(bounds), offsets: offsetsOf(bounds) }
}

/** Floats of the things that want theirs; none of the others. */
async function floatsOf(
  floats: Floats | undefined,
  things: ArrayLike<number>,
  wants: (i: number) => boolean,
): Promise<{ data: Float64Array; offsets: Uint32Array }> {
  if (!floats) return { data: new Float64Array(0), offsets: new Uint32Array(things.length + 1) }
  const bounds = await boundsOf(floats.at, things)
  for (let i = 0; i < things.length; i++) if (!wants(i)) bounds.until[i] = bounds.from[i]!
  return { data: await floats.floats.stretches(bounds), offsets: offsetsOf(bounds) }
}
