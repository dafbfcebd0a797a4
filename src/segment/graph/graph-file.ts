// An open `graph` part: its head, and its sections by page.

import { assert } from '../../base/assert.ts'
import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'
import { type GraphHead, type GraphSection, graphSections } from './layout.ts'
import { type PageCache, PagedSection } from './pages.ts'

export type GraphPages = { readonly [S in GraphSection]: PagedSection<(typeof graphSections)[S]> }

export interface GraphFile {
  head: GraphHead
  nodeCount: number
  edgeCount: number
  pages: GraphPages
}

/** @throws CorruptPart; AssertionError when it is no `graph` part of this version */
export async function openGraphFile(file: CheckedFile, cache: PageCache): Promise<GraphFile> {
  const sections = await Sections.open(file)
  const head = graphHead(sections)
  const pages: Record<string, unknown> = {}
  for (const [name, element] of Object.entries(graphSections))
    pages[name] = new PagedSection(sections, name, element, cache)
  return {
    head,
    nodeCount: sections.count('nodeCount'),
    edgeCount: sections.count('edgeCount'),
    pages: pages as unknown as GraphPages,
  }
}

export function graphHead(sections: Sections): GraphHead {
  const head = sections.head as unknown as GraphHead
  assert(head.format === 'graph' && head.version === 1, 'a graph part of version 1')
  return head
}
