// Tapes in a form that a test can read: each event with its code, its exact text and its values by path.

import { readFileSync } from 'node:fs'
import { fromUtf8, toUtf8 } from '../../../src/base/bytes.ts'
import {
  rowCode,
  rowWord,
  rowWords,
  type ScanBounds,
  type ScanFormat,
  Scanner,
  type Tape,
  tokenKind,
  tokenWords,
} from '../../../src/engine/tape/scan.ts'

const kernel = new WebAssembly.Module(
  new Uint8Array(readFileSync(new URL('../../../dist/wasm/engine.wasm', import.meta.url))),
)

export const bounds: ScanBounds = { eventBytesMax: 1 << 20, eventDepthMax: 32 }

export type Code = keyof typeof rowCode
export type Kind = keyof typeof tokenKind
/** path, kind, the value's bytes as text */
export type Token = [path: string, kind: Kind, text: string]

export interface Scanned {
  code: Code
  start: number
  end: number
  raw: string
  /** where in the event it fails */
  detail: number
  tokens: Token[]
}

export function scanner(change: Partial<ScanBounds> = {}): Scanner {
  return new Scanner(kernel, { ...bounds, ...change })
}

const usual = scanner()

export function tapesOf(body: Uint8Array, format: ScanFormat, change?: Partial<ScanBounds>): Tape[] {
  return [...(change ? scanner(change) : usual).scan(body, format)]
}

export function scanned(
  body: string | Uint8Array,
  format: ScanFormat,
  change?: Partial<ScanBounds>,
): Scanned[] {
  const bytes = typeof body === 'string' ? toUtf8(body) : body
  return tapesOf(bytes, format, change).flatMap(tape => readTape(tape, bytes))
}

/** The codes alone, where nothing else is asked. */
export function codesOf(body: string | Uint8Array, format: ScanFormat, change?: Partial<ScanBounds>): Code[] {
  return scanned(body, format, change).map(({ code }) => code)
}

export function readTape({ rowCount, rows, tokens, paths }: Tape, body: Uint8Array): Scanned[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const at = row * rowWords
    const start = rows[at + rowWord.start]!
    const end = rows[at + rowWord.end]!
    const first = rows[at + rowWord.tokenStart]!
    return {
      code: nameOf(rowCode, rows[at + rowWord.code]!),
      start,
      end,
      raw: fromUtf8(body.subarray(start, end)),
      detail: rows[at + rowWord.detail]!,
      tokens: Array.from({ length: rows[at + rowWord.tokenCount]! }, (_, i) => {
        const token = (first + i) * tokenWords
        const size = tokens[token + 2]!
        const text = body.subarray(tokens[token + 1]!, tokens[token + 1]! + (size >>> 3))
        return [paths[tokens[token]!]!, nameOf(tokenKind, size & 7), fromUtf8(text)] satisfies Token
      }),
    }
  })
}

function nameOf<Name extends string>(numbers: Record<Name, number>, number: number): Name {
  return (Object.keys(numbers) as Name[]).find(name => numbers[name] === number)!
}
