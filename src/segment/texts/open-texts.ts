// The texts of the open run: which are new, who has which. Docs of one text are a chain, newest first, so that a doc costs
// one word and nothing moves.

import { addBit, createBits } from '../../base/bits.ts'
import { ByteTable } from '../../base/byte-table.ts'
import type { TextColumn } from '../../base/text-column.ts'
import { clustersOf, docsByCluster, noCluster, type TextClusters } from './clusters.ts'
import { textColumnOf } from './gather-texts.ts'
import { hashText } from './hash.ts'
import { Newest } from './newest.ts'
import {
  coversRun,
  type DocScope,
  type NewestDocs,
  scopeTest,
  type TextDocs,
  type TextsRun,
  type TextsShape,
} from './run.ts'
import type { TextsColumns } from './write-texts.ts'

const none = -1
const rowsMin = 1024

export class OpenTexts implements TextsRun {
  readonly #table = new ByteTable()
  readonly #hashes: bigint[] = []
  readonly #docFirst: number
  #docCount = 0
  #timesMs = new Float64Array(rowsMin)
  #textOf = new Int32Array(rowsMin)
  /** the doc before it with the same text, as an index into the run's docs */
  #before = new Int32Array(rowsMin)
  /** by text: its newest doc, as such an index, and how many docs it has */
  #newest = new Int32Array(rowsMin)
  #counts = new Uint32Array(rowsMin)
  #clusters = new Uint16Array(rowsMin).fill(noCluster)
  #steps = new Uint32Array(rowsMin)
  #spokenCount = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(docFirst: number) {
    this.#docFirst = docFirst
  }

  get textCount(): number {
    return this.#table.count
  }

  get docCount(): number {
    return this.#docCount
  }

  /** Docs that have a text. */
  get spokenCount(): number {
    return this.#spokenCount
  }

  /** Bytes of text are told by start and end so that nothing is cut out. @returns the text's id */
  addText(bytes: Uint8Array, start: number, end: number): number {
    const id = this.#table.add(bytes, start, end)
    if (id < this.#hashes.length) return id
    this.#hashes.push(hashText(bytes, start, end))
    if (id >= this.#newest.length) {
      this.#newest = longer(this.#newest, id + 1)
      this.#counts = longer(this.#counts, id + 1)
      this.#clusters = longer(this.#clusters, id + 1).fill(noCluster, id)
      this.#steps = longer(this.#steps, id + 1)
    }
    this.#newest[id] = none
    return id
  }

  /** @param text  that has no cluster yet */
  assign(text: number, cluster: number, step: number): void {
    this.#clusters[text] = cluster
    this.#steps[text] = step
  }

  /** The next doc of the run. @param text  -1 for none */
  addDoc(text: number, timeMs: number): void {
    const at = this.#docCount++
    if (at >= this.#textOf.length) {
      this.#timesMs = longer(this.#timesMs, at + 1)
      this.#textOf = longer(this.#textOf, at + 1)
      this.#before = longer(this.#before, at + 1)
    }
    this.#timesMs[at] = timeMs
    this.#textOf[at] = text
    this.#firstMs = Math.min(this.#firstMs, timeMs)
    this.#lastMs = Math.max(this.#lastMs, timeMs)
    if (text === none) return
    this.#before[at] = this.#newest[text]!
    this.#newest[text] = at
    this.#counts[text]!++
    this.#spokenCount++
  }

  /** Docs that have the text, visible or not. */
  countOf(text: number): number {
    return this.#counts[text]!
  }

  /** Docs below `docUntil` that have the text. */
  countBelow(text: number, docUntil: number): number {
    let count = this.#counts[text]!
    for (let at = this.#newest[text]!; at !== none; at = this.#before[at]!) {
      if (this.#docFirst + at < docUntil) break
      count--
    }
    return count
  }

  /** Texts from `first` on. */
  column(first = 0): TextColumn {
    return this.#table.column(first)
  }

  /** What the part is made of. */
  columns(): Pick<TextsColumns, 'texts' | 'hashes' | 'textOf' | 'timesMs' | 'clusters'> {
    return {
      texts: this.#table.column(),
      hashes: BigUint64Array.from(this.#hashes),
      textOf: this.#textOf.slice(0, this.#docCount),
      timesMs: this.#timesMs.slice(0, this.#docCount),
      clusters: this.#allClusters(),
    }
  }

  async shape(): Promise<TextsShape> {
    return this.shapeNow()
  }

  shapeNow(): TextsShape {
    return {
      docFirst: this.#docFirst,
      docUntil: this.#docFirst + this.#docCount,
      textCount: this.textCount,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
    }
  }

  async texts(ids: Uint32Array): Promise<TextColumn> {
    return textColumnOf(ids.length, i => this.#table.at(ids[i]!))
  }

  async hashes(ids: Uint32Array): Promise<BigUint64Array> {
    return BigUint64Array.from(ids, id => this.#hashes[id]!)
  }

  async clusters(ids: Uint32Array): Promise<TextClusters> {
    return clustersOf({ clusters: this.#clusters, steps: this.#steps }, ids)
  }

  async clusterSizes(docUntil: number): Promise<Uint32Array> {
    return docsByCluster(this.#allClusters(), text => this.countBelow(text, docUntil))
  }

  async docs(ids: Uint32Array, scope: DocScope, docsMax: number): Promise<TextDocs> {
    const isIn = scopeTest(scope)
    const starts = new Uint32Array(ids.length + 1)
    const counts = new Uint32Array(ids.length)
    const docs: number[] = []
    for (const [i, id] of ids.entries()) {
      const newest = new Newest(docsMax, doc => this.#timeMsOf(doc))
      for (let at = this.#newest[id]!; at !== none; at = this.#before[at]!) {
        if (!isIn(this.#docFirst + at, this.#timesMs[at]!)) continue
        newest.add(this.#docFirst + at)
        counts[i]!++
      }
      docs.push(...newest.take())
      starts[i + 1] = docs.length
    }
    const timesMs = Float64Array.from(docs, doc => this.#timeMsOf(doc))
    return { starts, docs: Uint32Array.from(docs), timesMs, counts }
  }

  async textsOf(docs: Uint32Array): Promise<Int32Array> {
    return Int32Array.from(docs, doc => this.#textOf[doc - this.#docFirst]!)
  }

  async allowed(scope: DocScope): Promise<Uint32Array | undefined> {
    if (coversRun(this.shapeNow(), scope)) return undefined
    const bits = createBits(this.textCount)
    this.#eachIn(scope, at => {
      const text = this.#textOf[at]!
      if (text !== none) addBit(bits, text)
    })
    return bits
  }

  async countDocs(scope: DocScope): Promise<number> {
    if (coversRun(this.shapeNow(), scope)) return this.#docCount
    let count = 0
    this.#eachIn(scope, () => count++)
    return count
  }

  async newest(scope: DocScope, docsMax: number): Promise<NewestDocs> {
    const newest = new Newest(docsMax, doc => this.#timeMsOf(doc))
    this.#eachIn(scope, at => newest.add(this.#docFirst + at))
    const docs = Uint32Array.from(newest.take())
    return {
      docs,
      timesMs: Float64Array.from(docs, doc => this.#timeMsOf(doc)),
      texts: await this.textsOf(docs),
    }
  }

  #allClusters(): TextClusters {
    const { textCount } = this
    return { clusters: this.#clusters.slice(0, textCount), steps: this.#steps.slice(0, textCount) }
  }

  #timeMsOf(doc: number): number {
    return this.#timesMs[doc - this.#docFirst]!
  }

  #eachIn(scope: DocScope, use: (at: number) => void): void {
    const isIn = scopeTest(scope)
    for (let at = 0; at < this.#docCount; at++) if (isIn(this.#docFirst + at, this.#timesMs[at]!)) use(at)
  }
}

function longer<T extends Float64Array | Int32Array | Uint16Array | Uint32Array>(
  array: T,
  lengthMin: number,
): T {
  const grown = new (array.constructor as { new (length: number): T })(Math.max(lengthMin, array.length * 2))
  grown.set(array)
  return grown
}
