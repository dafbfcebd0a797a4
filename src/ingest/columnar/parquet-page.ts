// One page: its header, checked before anything is believed, and its bytes, inflated within the budget.

import type { Codec } from '../../ports/codec.ts'
import type { Budget } from './budget.ts'
import type { ByteCursor } from './byte-cursor.ts'
import { crc32 } from './crc32.ts'
import { lz4Block, lz4Hadoop } from './lz4.ts'
import { Malformed } from './malformed.ts'
import { snappy } from './snappy.ts'
import { ThriftReader } from './thrift.ts'
import { zstd } from './zstd.ts'

/** zlib's and Brotli's formats, which the runtime brings; where it lacks one, files that use it are refused. */
export type PageInflaters = Partial<
  Record<'gzip' | 'brotli', (bytes: Uint8Array, contentBytes: number) => Uint8Array>
>

export interface Page {
  kind: 'data' | 'data2' | 'dictionary' | 'index'
  entryCount: number
  encoding: number
  levelEncodings: { definition: number; repetition: number }
  /** of the second kind of data page only: levels stand before the values, never compressed */
  levelBytes: { definition: number; repetition: number }
  compressed: boolean
  inflatedBytes: number
  /** as it stands in the file, after the header */
  bytes: Uint8Array
}

export interface Inflaters {
  codec: Codec
  pages: PageInflaters
}

const pageKinds = ['data', 'index', 'dictionary', 'data2'] as const

export function readPage(cursor: ByteCursor, budget: Budget): Page {
  const headerStart = cursor.at
  const header = readHeader(cursor)
  const kind = pageKinds[header.type]
  if (!kind) throw new Malformed(`page type ${header.type} is unknown`)
  if (
    !(
      header.inflatedBytes >= 0 &&
      header.entryCount >= 0 &&
      header.levelBytes.definition >= 0 &&
      header.levelBytes.repetition >= 0
    )
  ) {
    throw new Malformed('a page header holds negative sizes')
  }
  const bytes = cursor.take(header.storedBytes)
  budget.spend(cursor.at - headerStart + header.inflatedBytes)
  if (header.crc !== undefined && crc32(bytes) !== header.crc >>> 0)
    throw new Malformed('a page fails its checksum')
  const { entryCount, encoding, levelEncodings, levelBytes, compressed, inflatedBytes } = header
  return { kind, entryCount, encoding, levelEncodings, levelBytes, compressed, inflatedBytes, bytes }
}

/** @param contentBytes  what the header says; @throws Malformed when it is something else */
export function inflatePage(
  codecIndex: number,
  bytes: Uint8Array,
  contentBytes: number,
  { codec, pages }: Inflaters,
): Uint8Array {
  switch (codecIndex) {
    case 0:
      return bytes
    case 1:
      return snappy(bytes, contentBytes)
    case 2:
      return foreign('gzip', pages.gzip, bytes, contentBytes)
    case 4:
      return foreign('brotli', pages.brotli, bytes, contentBytes)
    case 5:
      return lz4Hadoop(bytes, contentBytes)
    case 6:
      return foreign('zstd', (from, size) => zstd(codec, from, size), bytes, contentBytes)
    case 7:
      return lz4Block(bytes, contentBytes)
    default:
      throw new Malformed(
        `compression codec ${codecIndex} is not supported`,
        'Write the file with zstd or snappy.',
      )
  }
}

/** What others inflate: their errors are about the bytes, and their sizes are checked again. */
export function foreign(
  name: string,
  inflate: ((bytes: Uint8Array, contentBytes: number) => Uint8Array) | undefined,
  bytes: Uint8Array,
  contentBytes: number,
): Uint8Array {
  if (!inflate)
    throw new Malformed(`${name} compression is not supported here`, 'Write the file with zstd or snappy.')
  let inflated: Uint8Array
  try {
    inflated = inflate(bytes, contentBytes)
  } catch (error) {
    throw new Malformed(
      `${name} data does not inflate: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  if (inflated.length !== contentBytes) {
    throw new Malformed(
      `${name} data inflates to ${inflated.length} bytes where ${contentBytes} were announced`,
    )
  }
  return inflated
}

function readHeader(cursor: ByteCursor) {
  const thrift = new ThriftReader(cursor)
  const header = {
    type: -1,
    inflatedBytes: -1,
    storedBytes: -1,
    crc: undefined as number | undefined,
    entryCount: 0,
    encoding: -1,
    levelEncodings: { definition: -1, repetition: -1 },
    levelBytes: { definition: 0, repetition: 0 },
    compressed: true,
  }
  thrift.struct({
    1: () => (header.type = thrift.i32()),
    2: () => (header.inflatedBytes = thrift.i32()),
    3: () => (header.storedBytes = thrift.i32()),
    4: () => (header.crc = thrift.i32()),
    5: () =>
      thrift.struct({
        1: () => (header.entryCount = thrift.i32()),
        2: () => (header.encoding = thrift.i32()),
        3: () => (header.levelEncodings.definition = thrift.i32()),
        4: () => (header.levelEncodings.repetition = thrift.i32()),
      }),
    7: () =>
      thrift.struct({
        1: () => (header.entryCount = thrift.i32()),
        2: () => (header.encoding = thrift.i32()),
      }),
    8: () =>
      thrift.struct({
        1: () => (header.entryCount = thrift.i32()),
        4: () => (header.encoding = thrift.i32()),
        5: () => (header.levelBytes.definition = thrift.i32()),
        6: () => (header.levelBytes.repetition = thrift.i32()),
        7: () => (header.compressed = thrift.boolean()),
      }),
  })
  return header
}
