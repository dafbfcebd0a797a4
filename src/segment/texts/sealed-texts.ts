// The texts of a sealed run, read by range. What every question needs is kept once it was read; the columns by doc, which
// only windows and filters need, are read when one comes.

import { addBit, createBits } from '../../base/bits.ts'
import type { TextColumn } from '../../base/text-column.ts'
import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'
import { clustersOf, docsByCluster, readClusters, type TextClusters } from './clusters.ts'
import { textColumnOf } from './gather-texts.ts'
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
import type { TextsHead } from './write-texts.ts'

/** Texts whose docs are read in one piece. */
const readTogetherMin = 16

interface ByText {
  offsets: Uint32Array
  hashes: BigUint64Array
  docStarts: Uint32Array
}

interface ByDoc {
  times: Uint32Array
  textOf: Int32Array
}

export class SealedTexts implements TextsRun {
  readonly #sections: Sections
  readonly #head: TextsHead
  #byText: Promise<ByText> | undefined
  #byDoc: Promise<ByDoc> | undefined
  #clusters: Promise<TextClusters> | undefined

  private constructor(sections: Sections) {
    this.#sections = sections
    this.#head = sections.head as unknown as TextsHead
  }

  /** @throws CorruptPart */
  static async open(file: CheckedFile): Promise<SealedTexts> {
    return new SealedTexts(await Sections.open(file))
  }

  /** Which packs made the texts, `gaming@3`. */
  get packs(): readonly string[] {
    return this.#head.packs
  }

  /** What it holds when everything was asked for once. */
  get byteCountMax(): number {
    return this.#textCount * 16 + this.#docCount * 8
  }

  async shape(): Promise<TextsShape> {
    return this.#shape
  }

  get #shape(): TextsShape {
    const { doc_first, first_ms, last_ms } = this.#head
    return {
      docFirst: doc_first,
      docUntil: doc_first + this.#docCount,
      textCount: this.#textCount,
      firstMs: first_ms,
      lastMs: last_ms,
    }
  }

  get #textCount(): number {
    return this.#sections.count('hashes')
  }

  get #docCount(): number {
    return this.#sections.count('times')
  }

  async texts(ids: Uint32Array): Promise<TextColumn> {
    const { offsets } = await this.#texts()
    const found = await Promise.all(
      Array.from(ids, id => this.#sections.read('data', 'u8', offsets[id]!, offsets[id + 1]!)),
    )
    return textColumnOf(ids.length, i => found[i]!)
  }

  async hashes(ids: Uint32Array): Promise<BigUint64Array> {
    const { hashes } = await this.#texts()
    return BigUint64Array.from(ids, id => hashes[id]!)
  }

  async clusters(ids: Uint32Array): Promise<TextClusters> {
    return clustersOf(await this.#allClusters(), ids)
  }

  async clusterSizes(): Promise<Uint32Array> {
    const { docStarts } = await this.#texts()
    return docsByCluster(await this.#allClusters(), text => docStarts[text + 1]! - docStarts[text]!)
  }

  async docs(ids: Uint32Array, scope: DocScope, docsMax: number): Promise<TextDocs> {
    const { docStarts } = await this.#texts()
    if (docsMax === 0 && coversRun(this.#shape, scope)) return countsAlone(ids, docStarts)
    const { times } = await this.#docs()
    const { doc_first: docFirst, slice_ms: sliceMs } = this.#head
    const timeMsOf = (doc: number) => sliceMs + times[doc - docFirst]!
    const isIn = scopeTest(scope)
    const starts = new Uint32Array(ids.length + 1)
    const counts = new Uint32Array(ids.length)
    const docs: number[] = []
    const docsOf = await this.#docsReader(ids, docStarts)
    for (const [i, id] of ids.entries()) {
      const newest = new Newest(docsMax, timeMsOf)
      for (const doc of await docsOf(docStarts[id]!, docStarts[id + 1]!)) {
        if (!isIn(doc, timeMsOf(doc))) continue
        newest.add(doc)
        counts[i]!++
      }
      docs.push(...newest.take())
      starts[i + 1] = docs.length
    }
    return { starts, docs: Uint32Array.from(docs), timesMs: Float64Array.from(docs, timeMsOf), counts }
  }

  /** Few texts are read one by one, many at once with what lies between them. */
  async #docsReader(ids: Uint32Array, docStarts: Uint32Array) {
    if (ids.length < readTogetherMin)
      return (start: number, end: number) => this.#sections.read('docs', 'u32', start, end)
    const from = ids.reduce((least, id) => Math.min(least, docStarts[id]!), docStarts.at(-1)!)
    const until = ids.reduce((most, id) => Math.max(most, docStarts[id + 1]!), 0)
    const all = await this.#sections.read('docs', 'u32', from, until)
    return (start: number, end: number) => all.subarray(start - from, end - from)
  }

  async textsOf(docs: Uint32Array): Promise<Int32Array> {
    const { textOf } = await this.#docs()
    return Int32Array.from(docs, doc => textOf[doc - this.#head.doc_first]!)
  }

  async allowed(scope: DocScope): Promise<Uint32Array | undefined> {
    if (coversRun(this.#shape, scope)) return undefined
    const bits = createBits(this.#textCount)
    await this.#eachIn(scope, text => {
      if (text >= 0) addBit(bits, text)
    })
    return bits
  }

  async countDocs(scope: DocScope): Promise<number> {
    if (coversRun(this.#shape, scope)) return this.#docCount
    let count = 0
    await this.#eachIn(scope, () => count++)
    return count
  }

  async newest(scope: DocScope, docsMax: number): Promise<NewestDocs> {
    const { times } = await this.#docs()
    const { doc_first: docFirst, slice_ms: sliceMs } = this.#head
    const timeMsOf = (doc: number) => sliceMs + times[doc - docFirst]!
    const newest = new Newest(docsMax, timeMsOf)
    await this.#eachIn(scope, (_text, doc) => newest.add(doc))
    const docs = Uint32Array.from(newest.take())
    return { docs, timesMs: Float64Array.from(docs, timeMsOf), texts: await this.textsOf(docs) }
  }

  async #eachIn(scope: DocScope, use: (text: number, doc: number) => void): Promise<void> {
    const { times, textOf } = await this.#docs()
    const { doc_first: docFirst, slice_ms: sliceMs } = this.#head
    const isIn = scopeTest(scope)
    for (let at = 0; at < times.length; at++)
      if (isIn(docFirst + at, sliceMs + times[at]!)) use(textOf[at]!, docFirst + at)
  }

  #texts(): Promise<ByText> {
    return (this.#byText ??= this.#keep(
      async () => {
        const [offsets, hashes, docStarts] = await Promise.all([
          this.#sections.read('offsets', 'u32'),
          this.#sections.read('hashes', 'u64'),
          this.#sections.read('doc_starts', 'u32'),
        ])
        return { offsets, hashes, docStarts }
      },
      () => (this.#byText = undefined),
    ))
  }

  #docs(): Promise<ByDoc> {
    return (this.#byDoc ??= this.#keep(
      async () => {
        const [times, textOf] = await Promise.all([
          this.#sections.read('times', 'u32'),
          this.#sections.read('text_of', 'i32'),
        ])
        return { times, textOf }
      },
      () => (this.#byDoc = undefined),
    ))
  }

  #allClusters(): Promise<TextClusters> {
    return (this.#clusters ??= this.#keep(
      () => readClusters(this.#sections),
      () => (this.#clusters = undefined),
    ))
  }

  /** A read that failed is not kept: the next question tries again. */
  async #keep<T>(read: () => Promise<T>, forget: () => void): Promise<T> {
    try {
      return await read()
    } catch (error) {
      forget()
      throw error
    }
  }
}

function countsAlone(ids: Uint32Array, docStarts: Uint32Array): TextDocs {
  return {
    starts: new Uint32Array(ids.length + 1),
    docs: new Uint32Array(0),
    timesMs: new Float64Array(0),
    counts: ids.map(id => docStarts[id + 1]! - docStarts[id]!),
  }
}
