// Sealed runs that are open for questions: each is opened once and kept while there is room, the longest unused going first.
// A query that has one keeps it alive, whatever is let go of meanwhile.

import type { Part } from '../contract/segment.ts'
import { PageCache } from '../segment/graph/pages.ts'
import { openGraph, type SealedGraph } from '../segment/graph/sealed-graph.ts'
import { holdFile } from '../segment/held-file.ts'
import type { PartFiles } from '../segment/part-files.ts'
import { SealedTexts } from '../segment/texts/sealed-texts.ts'
import { SealedVectors } from '../segment/vectors/sealed-vectors.ts'
import { VectorCache } from '../segment/vectors/vector-cache.ts'
import { openWords, type SealedWords } from '../segment/words/sealed.ts'

export interface SealedRunsOptions {
  files: PartFiles
  engineModule: WebAssembly.Module
  /** what open indexes may hold: half of it vectors, the rest shared by texts, words and graphs */
  indexBytesMax: number
}

/** Runs of a role that are open at once, however small. */
const openMax = 4096
/** Words of a run are read in many small pieces: up to this size they are held as a whole. */
const heldWordsBytesMax = 8 << 20

export class SealedRuns {
  readonly #files: PartFiles
  readonly #vectorCache: VectorCache
  readonly #pages: PageCache
  readonly #texts: Kept<SealedTexts>
  readonly #words: Kept<SealedWords>
  readonly #vectors: Kept<SealedVectors>
  readonly #graphs: Kept<SealedGraph>

  constructor({ files, engineModule, indexBytesMax }: SealedRunsOptions) {
    this.#files = files
    this.#vectorCache = new VectorCache({ module: engineModule, bytesMax: Math.floor(indexBytesMax / 2) })
    const bytesMax = Math.floor(indexBytesMax / 6)
    this.#pages = new PageCache(bytesMax)
    this.#texts = new Kept(bytesMax, texts => texts.byteCountMax)
    this.#words = new Kept(bytesMax, (words, part) => words.byteCount + (isHeld(part) ? part.bytes : 0))
    this.#vectors = new Kept(bytesMax, () => 0)
    this.#graphs = new Kept(bytesMax, () => 0)
  }

  /** @throws CorruptPart, as do the others */
  texts(part: Part): Promise<SealedTexts> {
    return this.#texts.get(part, () => SealedTexts.open(this.#files.open(part)))
  }

  words(part: Part): Promise<SealedWords> {
    return this.#words.get(part, async () => {
      const file = this.#files.open(part)
      return openWords(isHeld(part) ? await holdFile(file) : file)
    })
  }

  vectors(part: Part): Promise<SealedVectors> {
    return this.#vectors.get(part, () => SealedVectors.open(this.#files.open(part), this.#vectorCache))
  }

  graph(part: Part): Promise<SealedGraph> {
    return this.#graphs.get(part, () => openGraph(this.#files.open(part), this.#pages))
  }
}

function isHeld({ bytes }: Part): boolean {
  return bytes <= heldWordsBytesMax
}

class Kept<Run> {
  readonly #bytesMax: number
  readonly #bytesOf: (run: Run, part: Part) => number
  /** the longest unused first */
  readonly #runs = new Map<string, { run: Promise<Run>; bytes: number }>()
  #heldBytes = 0

  constructor(bytesMax: number, bytesOf: (run: Run, part: Part) => number) {
    this.#bytesMax = bytesMax
    this.#bytesOf = bytesOf
  }

  get(part: Part, open: () => Promise<Run>): Promise<Run> {
    const { key } = part
    const known = this.#runs.get(key)
    if (known) {
      this.#runs.delete(key)
      this.#runs.set(key, known)
      return known.run
    }
    const opened = { run: open(), bytes: 0 }
    this.#runs.set(key, opened)
    opened.run.then(
      run => this.#weigh(opened, this.#bytesOf(run, part)),
      () => this.#runs.delete(key), // told to whoever asked; the next may have more luck
    )
    return opened.run
  }

  #weigh(opened: { bytes: number }, bytes: number): void {
    opened.bytes = bytes
    this.#heldBytes += bytes
    for (const [key, { bytes }] of this.#runs) {
      if (this.#heldBytes <= this.#bytesMax && this.#runs.size <= openMax) break
      this.#runs.delete(key)
      this.#heldBytes -= bytes
    }
  }
}
