// Pages as they go into the file, V1: all of the body is compressed, and every reader knows them.
//
//   PageHeader (thrift) | body, compressed when its chunk is

import type { Codec } from '../../ports/codec.ts'
import type { Extent } from './footer.ts'
import { codecs, encodings, pageTypes } from './schema.ts'
import type { Sink } from './sink.ts'
import { ThriftWriter } from './thrift-write.ts'

interface PageKind {
  type: (typeof pageTypes)[keyof typeof pageTypes]
  /** nulls included */
  valueCount: number
  encoding: number
}

export interface PlannedPage extends PageKind {
  bytesMax: number
  /** @returns the body; its bytes may be overwritten by the next call of any page */
  encode(): Uint8Array
}

interface WrittenPages {
  codec: number
  /** bytes of headers and bodies before compression */
  plainBytes: number
  /** where each page lies, header included */
  extents: Extent[]
}

/** A smaller body is not worth a frame. */
const packBytesMin = 64
/** Compression that saves less than a tenth costs its readers more than it saves. */
const packRatioMax = 0.9

/** The codec is the whole chunk's; its largest page decides whether compression pays. */
export function writePages(pages: readonly PlannedPage[], codec: Codec, sink: Sink): WrittenPages {
  const largest = pages.reduce((a, b) => (b.bytesMax > a.bytesMax ? b : a))
  const probe = packIfItPays(largest, codec)
  const extents: Extent[] = []
  let plainBytes = 0
  for (const page of pages) {
    const body = probe === undefined ? plain(page) : page === largest ? probe : packed(page, codec)
    const extent = appendPage(page, body, sink)
    extents.push(extent)
    plainBytes += extent.bytes - body.stored.length + body.plainBytes
  }
  return { codec: probe === undefined ? codecs.uncompressed : codecs.zstd, plainBytes, extents }
}

interface PageBody {
  /** the bytes to be stored, compressed or not */
  stored: Uint8Array
  plainBytes: number
}

/** @returns where the page lies */
export function appendPage(page: PageKind, body: PageBody, sink: Sink): Extent {
  const at = sink.length
  sink.append(encodeHeader(page, body))
  sink.append(body.stored)
  return { at, bytes: sink.length - at }
}

/** @returns undefined when compression does not pay */
function packIfItPays(page: PlannedPage, codec: Codec): PageBody | undefined {
  if (page.bytesMax < packBytesMin) return undefined
  const body = packed(page, codec)
  return body.stored.length <= body.plainBytes * packRatioMax ? body : undefined
}

function packed(page: PlannedPage, codec: Codec): PageBody {
  const bytes = page.encode()
  return { stored: codec.compress(bytes), plainBytes: bytes.length }
}

function plain(page: PlannedPage): PageBody {
  const bytes = page.encode()
  return { stored: bytes, plainBytes: bytes.length }
}

function encodeHeader(
  { type, valueCount, encoding }: PageKind,
  { plainBytes, stored }: PageBody,
): Uint8Array {
  const out = new ThriftWriter()
  out.i32(1, type)
  out.i32(2, plainBytes)
  out.i32(3, stored.length)
  const isDictionary = type === pageTypes.dictionary
  out.struct(isDictionary ? 7 : 5, () => {
    out.i32(1, valueCount)
    out.i32(2, encoding)
    if (isDictionary) return
    // The encodings of the definition levels and of the repetition levels, of which there are none.
    out.i32(3, encodings.rle)
    out.i32(4, encodings.rle)
  })
  return out.finish()
}
