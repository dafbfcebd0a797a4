import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.ts'
import type { Part, PartRole } from '../../src/contract/segment.ts'
import { derivedParts, rederiveRanges } from '../../src/service/rederive-ranges.ts'

function part(role: PartRole, first: number, last: number, more: Partial<Part> = {}): Part {
  return {
    ...{ role, key: `${role} ${first}-${last}`, format_version: 1, bytes: 1, crc32c: '', rows: 1 },
    ...{ doc_first: first, doc_last: last, seq_first: first * 10 + 1, seq_last: last * 10 + 10 },
    ...{ time_min: 0, time_max: 0, raw_bytes: 0, inputs: [], ...more },
  }
}

describe('what is derived again together', () => {
  it('is a run with its graph, where both end in the same places', () => {
    const parts = [part('graph', 0, 4), part('texts', 0, 4), part('texts', 5, 9), part('graph', 5, 9)]
    expect(rederiveRanges({ parts })).toEqual([
      {
        ...{ docFirst: 0, docLast: 4, seqFirst: 1, seqLast: 50, packs: [], unreadDocs: 0 },
        standing: ['graph 0-4', 'texts 0-4'],
      },
      {
        ...{ docFirst: 5, docLast: 9, seqFirst: 51, seqLast: 100, packs: [], unreadDocs: 0 },
        standing: ['texts 5-9', 'graph 5-9'],
      },
    ])
  })

  it('tells which packs read it, and how much could not be read', () => {
    const parts = [
      part('texts', 0, 4, { packs: ['a@1'], unread_docs: 2 }),
      part('texts', 5, 9, { packs: ['a@2'], unread_docs: 1 }),
      part('graph', 0, 9, { packs: ['a@1', 'a@2'] }),
    ]
    expect(rederiveRanges({ parts })).toMatchObject([{ packs: ['a@1', 'a@2'], unreadDocs: 3 }])
  })

  it.each([1, 2, 3, 4, 5])(
    'covers every doc once, and cuts no part, however texts and graphs were merged (seed %i)',
    seed => {
      const random = seededRandom(seed)
      for (let round = 0; round < 50; round++) {
        const docCount = 1 + Math.floor(random() * 40)
        const cut = (role: PartRole): Part[] => {
          const parts: Part[] = []
          for (let first = 0; first < docCount; ) {
            const last = Math.min(docCount - 1, first + Math.floor(random() * 9))
            parts.push(part(role, first, last))
            first = last + 1
          }
          return parts
        }
        const texts = cut('texts')
        const beside = texts.flatMap(({ doc_first, doc_last }) => [
          part('words', doc_first, doc_last),
          part('vectors', doc_first, doc_last),
        ])
        const parts = [...cut('graph'), ...texts, ...beside, ...cut('events')]
        const ranges = rederiveRanges({ parts })
        // The definition: a boundary is where a run of texts and a graph both end.
        const endsOf = (role: PartRole) =>
          new Set(parts.filter(part => part.role === role).map(({ doc_last }) => doc_last))
        const graphEnds = endsOf('graph')
        const ends = [...endsOf('texts')].filter(doc => graphEnds.has(doc))
        expect(ranges.map(({ docLast }) => docLast)).toEqual(ends)
        expect(ranges.map(({ docFirst }) => docFirst)).toEqual([0, ...ends.slice(0, -1).map(end => end + 1)])
        const replaced = ranges.flatMap(range => derivedParts({ parts }, range).map(({ key }) => key))
        const derived = parts.filter(({ role }) => role !== 'events').map(({ key }) => key)
        expect(replaced.sort()).toEqual(derived.sort())
      }
    },
  )
})
