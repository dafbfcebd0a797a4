// The typed face of wasm/tape/scan.ts: a body becomes tapes, block by block, so that the memory it takes is bounded however
// large the body is.

import { assert } from '../../base/assert.ts'

export const rowWords = 6
export const tokenWords = 3

/** Words of a row. Offsets count from the start of the body; `detail` is where in the event it fails. */
export const rowWord = { start: 0, end: 1, tokenStart: 2, tokenCount: 3, code: 4, detail: 5 } as const

/** What a token's value is. Strings are without their quotes; `json` is an array or an empty object, whole. */
export const tokenKind = {
  null: 0,
  false: 1,
  true: 2,
  integer: 3,
  number: 4,
  string: 5,
  escaped: 6,
  json: 7,
} as const

export const rowCode = {
  fine: 0,
  malformed: 1,
  notAnObject: 2,
  badEncoding: 3,
  tooLarge: 4,
  tooDeep: 5,
  tooManyKeys: 6,
} as const

/** One block of a body's tape. Arrays own their memory. */
export interface Tape {
  rowCount: number
  /** u32[rowCount × rowWords] */
  rows: Uint32Array
  /** u32[tokenCount × tokenWords]: path, start, bytes << 3 | kind */
  tokens: Uint32Array
  /** dotted names; paths[0] is the event itself, and one that is too long to be used has none */
  paths: (string | undefined)[]
}

export interface ScanBounds {
  eventBytesMax: number
  eventDepthMax: number
}

export type ScanFormat = 'json' | 'ndjson' | 'one'

const formatCode: Record<ScanFormat, number> = { json: 0, ndjson: 1, one: 2 }

interface ScanExports {
  memory: WebAssembly.Memory
  scanPrepare(
    bytes: number,
    paths: number,
    rows: number,
    tokens: number,
    eventBytes: number,
    depth: number,
  ): number
  scan(format: number): number
  scanInputPtr(): number
  scanRowsPtr(): number
  scanTokensPtr(): number
  scanPathsPtr(): number
  scanRowsFound(): number
  scanTokensFound(): number
  scanPathsFound(): number
}

const pathsMax = 16_384
/** Distinct keys that one event may have. */
export const eventKeysMax = pathsMax - 1
/** A longer dotted name is nobody's column and nobody's envelope; spelling it out could take any amount of memory. */
const pathCharsMax = 1024
const rowsMax = 65_536
const tokensMin = 1 << 20
const pathWords = 6
/** An instance that grew past this for one large body is let go after it: WASM memory never shrinks. */
const keptInputBytesMax = 16 << 20

export class Scanner {
  readonly #module: WebAssembly.Module
  readonly #bounds: ScanBounds
  readonly #tokensMax: number
  #exports: ScanExports | undefined

  constructor(module: WebAssembly.Module, bounds: ScanBounds) {
    this.#module = module
    this.#bounds = bounds
    this.#tokensMax = Math.max(tokensMin, (bounds.eventBytesMax >> 1) + 16)
  }

  /**
   * @param body    u8[n], n < 2^29
   * @param format  `ndjson`: one event a line; `json`: one value, an array's elements being the events; `one`: one event
   * @returns tapes in body order; to be read to the end before the next call
   */
  *scan(body: Uint8Array, format: ScanFormat): Generator<Tape> {
    assert(body.length < 1 << 29, 'a body within the reach of a token')
    const kernel = (this.#exports ??= this.#instantiate())
    const { eventBytesMax, eventDepthMax } = this.#bounds
    const laidOut = kernel.scanPrepare(
      body.length,
      pathsMax,
      rowsMax,
      this.#tokensMax,
      eventBytesMax,
      eventDepthMax,
    )
    if (!laidOut) throw new RangeError(`out of memory for a body of ${body.length} bytes`)
    new Uint8Array(kernel.memory.buffer, kernel.scanInputPtr() >>> 0, body.length).set(body)
    try {
      let more = true
      while (more) {
        more = kernel.scan(formatCode[format]) === 1
        yield takeTape(kernel, body)
      }
    } finally {
      if (body.length > keptInputBytesMax) this.#exports = undefined
    }
  }

  #instantiate(): ScanExports {
    return new WebAssembly.Instance(this.#module, {}).exports as unknown as ScanExports
  }
}

function takeTape(kernel: ScanExports, body: Uint8Array): Tape {
  const rowCount = kernel.scanRowsFound()
  return {
    rowCount,
    rows: copyWords(kernel, kernel.scanRowsPtr(), rowCount * rowWords),
    tokens: copyWords(kernel, kernel.scanTokensPtr(), kernel.scanTokensFound() * tokenWords),
    paths: nameThem(copyWords(kernel, kernel.scanPathsPtr(), kernel.scanPathsFound() * pathWords), body),
  }
}

function copyWords(kernel: ScanExports, pointer: number, wordCount: number): Uint32Array {
  return new Uint32Array(kernel.memory.buffer, pointer >>> 0, wordCount).slice()
}

function nameThem(table: Uint32Array, body: Uint8Array): (string | undefined)[] {
  const names: (string | undefined)[] = ['']
  for (let at = pathWords; at < table.length; at += pathWords) {
    const parent = table[at]!
    const above = names[parent]
    const keyBytes = table[at + 2]!
    const isUsable = above !== undefined && above.length + keyBytes < pathCharsMax
    const key = isUsable ? readKey(body, table[at + 1]!, keyBytes) : ''
    names.push(isUsable ? (parent === 0 ? key : `${above}.${key}`) : undefined)
  }
  return names
}

function readKey(body: Uint8Array, start: number, byteCount: number): string {
  const text = utf8.decode(body.subarray(start, start + byteCount))
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string).toWellFormed() : text
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
