// Which docs of a segment are derived again together. Texts and graphs merge apart from each other, so their parts end in
// different places; what is replaced in one step begins and ends where parts of both do.

import type { Part, PartRole, Segment } from '../contract/segment.ts'

/** Roles whose parts are a function of the events and their packs. */
const derivedRoles: ReadonlySet<PartRole> = new Set(['graph', 'texts', 'words', 'vectors'])

export interface DocRange {
  docFirst: number
  docLast: number
  /** log sequences covered, inclusive */
  seqFirst: number
  seqLast: number
  /** keys of texts and graphs in it: where one is gone, something else has been made of these docs meanwhile */
  standing: string[]
  /** packs that read them, `gaming@3` */
  packs: string[]
  /** docs of it that no pack could read */
  unreadDocs: number
}

/** @returns in doc order, none of which touches another */
export function rederiveRanges({ parts }: Pick<Segment, 'parts'>): DocRange[] {
  const ranges: DocRange[] = []
  const leading = parts.filter(({ role }) => role === 'texts' || role === 'graph')
  for (const part of leading.sort((left, right) => left.doc_first - right.doc_first)) {
    const last = ranges.at(-1)
    if (last && part.doc_first <= last.docLast) widen(last, part)
    else ranges.push(rangeOf(part))
  }
  return ranges
}

/** Derived parts within the range. */
export function derivedParts(
  { parts }: Pick<Segment, 'parts'>,
  { docFirst, docLast }: Pick<DocRange, 'docFirst' | 'docLast'>,
): Part[] {
  return parts.filter(
    ({ role, doc_first, doc_last }) => derivedRoles.has(role) && doc_first >= docFirst && doc_last <= docLast,
  )
}

function rangeOf({ key, doc_first, doc_last, seq_first, seq_last, ...part }: Part): DocRange {
  return {
    docFirst: doc_first,
    docLast: doc_last,
    seqFirst: seq_first,
    seqLast: seq_last,
    standing: [key],
    packs: [...(part.packs ?? [])],
    unreadDocs: part.unread_docs ?? 0,
  }
}

function widen(range: DocRange, { key, doc_last, seq_first, seq_last, ...part }: Part): void {
  range.docLast = Math.max(range.docLast, doc_last)
  range.seqFirst = Math.min(range.seqFirst, seq_first)
  range.seqLast = Math.max(range.seqLast, seq_last)
  range.standing.push(key)
  range.packs = [...new Set([...range.packs, ...(part.packs ?? [])])]
  range.unreadDocs += part.unread_docs ?? 0
}
