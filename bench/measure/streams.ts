// Events that don't repeat: where texts are indexed once each, a pool that is sent again and again would say nothing.
// Making them costs more than sending them, and all of them would fill the client's memory, so they lie in a file before
// the clock starts, and each body is read when it is sent.

import { existsSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { assert } from '../../src/base/assert.ts'
import { dayMs, plants } from '../../src/generate/gaming-options.ts'
import { gamingStream } from '../../src/generate/gaming-stream.ts'

export interface StreamOptions {
  kind: 'gaming' | 'wiki'
  /** of the gaming stream: share of distinct texts */
  distinct: number
  /** of the gaming stream: the first of its days, counted from a Saturday, and how many they are */
  dayFirst?: number
  days?: number
  bodyBytes: number
  bodies: number
  /** where its file may lie */
  folder: string
}

const seed = 8420
const members = 100_000
/** Lines are longer, and the day is a Saturday, so there are always events enough. */
const lineBytesLeast = 800
const saturdayMs = Date.UTC(2024, 2, 2)
const wikiPath = resolve('../shared/data/wikiticker/edits-2015-09-12.ndjson.gz')

export const hasWiki = () => existsSync(wikiPath)

/** Bodies of whole lines, each of `bodyBytes` or a line less; none comes twice. */
export class StreamBodies {
  readonly #file: number
  /** where each body begins, and where the last one ends */
  readonly #starts = [0]

  constructor(options: StreamOptions) {
    this.#file = openSync(join(options.folder, 'stream.ndjson'), 'w+')
    const lines = options.kind === 'gaming' ? gamingLines(options) : wikiLines()
    let body: Uint8Array[] = []
    let bytes = 0
    for (const line of lines) {
      if (bytes > 0 && bytes + line.length > options.bodyBytes) {
        this.#append(Buffer.concat(body))
        body = []
        bytes = 0
        if (this.#starts.length > options.bodies) break
      }
      body.push(line)
      bytes += line.length
    }
    assert(this.#starts.length > options.bodies, 'a stream that is long enough')
    fsyncSync(this.#file) // else it would be written while others are measured syncing
  }

  /** @param sequence  number of the body, below `bodies` */
  body(sequence: number): { bytes: Uint8Array } {
    const [start, end] = [this.#starts[sequence]!, this.#starts[sequence + 1]!]
    const bytes = new Uint8Array(end - start)
    const read = readSync(this.#file, bytes, 0, bytes.length, start)
    assert(read === bytes.length, 'a file that is still whole')
    return { bytes }
  }

  #append(bytes: Uint8Array): void {
    const written = writeSync(this.#file, bytes)
    assert(written === bytes.length, 'a disk with room')
    this.#starts.push(this.#starts.at(-1)! + written)
  }
}

/** Another first day is another seed too, so that no id comes twice. */
function* gamingLines({ bodies, bodyBytes, distinct, dayFirst = 0, days = 1 }: StreamOptions) {
  const options = {
    members,
    days,
    seed: seed + dayFirst,
    rate: (bodies * bodyBytes) / lineBytesLeast / (days * 86_400),
    distinct,
    startMs: saturdayMs + dayFirst * dayMs,
    plant: plants,
  }
  for (const block of gamingStream(options)) yield* linesOf(block)
}

/** The day again and again; from the second time on each comment says which time it is, so that texts stay distinct. */
function* wikiLines(): Generator<Uint8Array> {
  const text = gunzipSync(readFileSync(wikiPath))
  for (let pass = 1; ; pass++) {
    const told =
      pass === 1 ? text : Buffer.from(text.toString().replaceAll('"comment":"', `"comment":"#${pass} `))
    yield* linesOf(told)
  }
}

function* linesOf(block: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < block.length; ) {
    const end = block.indexOf(0x0a, start) + 1
    yield block.subarray(start, end)
    start = end
  }
}
