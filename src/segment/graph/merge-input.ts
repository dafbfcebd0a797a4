// One of the graphs that are merged, and which number each of its things gets.

import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'
import { graphHead } from './graph-file.ts'
import { type GraphColumn, type GraphHead, type GraphSection, graphSections } from './layout.ts'

/** Things of a kind are merged by a map of each input: i-th thing → its number in the merged graph, rising. */
export type Kind = 'node' | 'edge' | 'attribute'

export class MergeInput {
  readonly head: GraphHead
  readonly count: Readonly<Record<Kind, number>>
  readonly map: Readonly<Record<Kind, Uint32Array>>
  /** the merged numbers of its edge types and attribute names */
  readonly edgeTypes: Uint32Array
  readonly attributes: Uint32Array
  /** u8[attributes]: 1 where no input has a newer setting */
  readonly isNewest: Uint8Array
  readonly #sections: Sections

  private constructor(sections: Sections, terms: MergedTerms) {
    this.#sections = sections
    this.head = graphHead(sections)
    this.count = countsOf(sections)
    const { node, edge, attribute } = this.count
    this.map = {
      node: new Uint32Array(node),
      edge: new Uint32Array(edge),
      attribute: new Uint32Array(attribute),
    }
    this.isNewest = new Uint8Array(attribute)
    this.edgeTypes = Uint32Array.from(this.head.edgeTypes, type => terms.edgeTypes.indexOf(type))
    this.attributes = Uint32Array.from(this.head.attributes, name => terms.attributes.indexOf(name))
  }

  /** @throws CorruptPart; AssertionError when one is no `graph` part */
  static async open(files: readonly CheckedFile[]): Promise<{ inputs: MergeInput[]; terms: MergedTerms }> {
    const sections = await Promise.all(files.map(file => Sections.open(file)))
    const heads = sections.map(graphHead)
    const terms = {
      edgeTypes: union(heads.map(({ edgeTypes }) => edgeTypes)),
      attributes: union(heads.map(({ attributes }) => attributes)),
    }
    return { inputs: sections.map(one => new MergeInput(one, terms)), terms }
  }

  /** Numbers [from, until) of a section. */
  async read<S extends GraphSection>(name: S, from: number, until: number): Promise<GraphColumn<S>> {
    return (await this.#sections.read(name, graphSections[name], from, until)) as GraphColumn<S>
  }
}

export interface MergedTerms {
  edgeTypes: string[]
  attributes: string[]
}

function countsOf(sections: Sections): Record<Kind, number> {
  return {
    node: sections.count('nodeCount'),
    edge: sections.count('edgeCount'),
    attribute: sections.count('attributeDoc'),
  }
}

function union(lists: readonly string[][]): string[] {
  return [...new Set(lists.flat())].sort((left, right) => (left < right ? -1 : 1))
}
