// A file (or standard input) as NDJSON text, whatever it holds: plain or compressed, lines, JSON, or Parquet.

import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { Failure, UsageError } from '../command.ts'
import { compressionOf, inflating, startsWith } from './inflating.ts'
import { jsonLines } from './json-lines.ts'
import { parquetText } from './parquet-lines.ts'
import type { Position, Text } from './text.ts'

const formats = ['ndjson', 'json', 'parquet'] as const
type Format = (typeof formats)[number]

export interface Source {
  name: string
  /** undefined where the end isn't known before it comes */
  bytes?: number
  /** the file that can be read twice: once to be hashed, once to be sent */
  path?: string
  /** @param from  where to go on; the text may begin before it, but never behind */
  text(from: Position): Promise<Text>
}

const chunkBytes = 1024 * 1024
const headBytes = 4096

/** @throws Failure when the file can't be read, UsageError when there is no such format */
export async function openSource(path: string, stdin: Readable, told?: string): Promise<Source> {
  const format = formats.find(name => name === told)
  if (told !== undefined && !format)
    throw new UsageError(`--format takes ${formats.join(', ')}; found ${told}`)
  if (path === '-') {
    if (format === 'parquet')
      throw new Failure('Parquet is read from its end, which standard input hides: give a file')
    return { name: 'standard input', text: async () => streamed(stdin, format, path) }
  }
  const { head, bytes } = await headOf(path)
  const parquet = format === 'parquet' || (format === undefined && startsWith(head, parquetMagic))
  if (parquet) return { name: path, path, bytes, text: from => parquetText(path, from.row) }
  const plain = compressionOf(head, path) === undefined && formatOf(head, path, format) === 'ndjson'
  return {
    name: path,
    path,
    bytes,
    async text(from) {
      const offset = plain ? (from.offset ?? 0) : 0
      return streamed(
        createReadStream(path, { start: offset, highWaterMark: chunkBytes }),
        format,
        path,
        plain ? { row: from.row, offset } : undefined,
      )
    },
  }
}

function streamed(
  raw: Readable,
  told: Format | undefined,
  path: string,
  entry?: { row: number; offset: number },
): Text {
  let read = entry?.offset ?? 0
  const counted = counting(raw, bytes => {
    read += bytes
  })
  const offset = entry?.offset ?? 0
  return {
    chunks: offset > 0 ? counted : lined(counted, told, path),
    firstRow: offset > 0 ? entry!.row : 0,
    firstOffset: offset,
    seekable: entry !== undefined,
    bytesRead: () => read,
  }
}

/** Looks at the first bytes to see what they are, unwraps them, and puts a line to each event. */
async function* lined(
  raw: AsyncIterable<Uint8Array>,
  told: Format | undefined,
  path: string,
): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(raw)
  const compression = compressionOf(head, path)
  const inflated = compression ? await peek(inflating(all, compression, path)) : { head, all }
  const text = withoutMark(inflated.all)
  yield* formatOf(inflated.head, path, told) === 'json' ? jsonLines(text) : text
}

function formatOf(head: Uint8Array, path: string, told: Format | undefined): Format {
  if (told) return told
  const name = path.replace(/\.(gz|zst|br)$/, '')
  const first = head.find(byte => byte > 0x20 && !byteOrderMark.includes(byte))
  return name.endsWith('.json') || first === 0x5b ? 'json' : 'ndjson'
}

const parquetMagic = [0x50, 0x41, 0x52, 0x31]
const byteOrderMark = [0xef, 0xbb, 0xbf]

/** A byte order mark is no part of the first event. It becomes blanks, so that offsets stay true. */
async function* withoutMark(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true
  for await (const chunk of text) {
    const marked = first && startsWith(chunk, byteOrderMark)
    first = false
    yield marked ? new Uint8Array(chunk).fill(0x20, 0, byteOrderMark.length) : chunk
  }
}

async function headOf(path: string): Promise<{ head: Uint8Array; bytes: number }> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return { head: buffer.subarray(0, bytesRead), bytes: size }
  } catch (error) {
    throw new Failure(`${path} can't be read: ${(error as Error).message}`)
  } finally {
    await file?.close()
  }
}

async function* counting(
  chunks: AsyncIterable<Uint8Array>,
  onChunk: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk(chunk.length)
    yield chunk
  }
}

/** The beginning of a stream, long enough to tell what it is, and the whole stream again. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  let seenBytes = 0
  while (seenBytes < headBytes) {
    const { done, value } = await iterator.next()
    if (done) break
    seen.push(value)
    seenBytes += value.length
  }
  const head = Buffer.concat(seen)
  async function* all() {
    try {
      yield head
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head, all: all() }
}
