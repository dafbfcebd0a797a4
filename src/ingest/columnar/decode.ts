// Columnar bodies become NDJSON before anything else looks at them, so that the rest of ingest knows one kind of event:
// a line of canonical JSON.
//
// The readers of both formats are ours. What a body claims (counts, offsets, run lengths, nesting) is checked against
// the bytes that are there before it is allocated or looped over, so a hostile file costs no more than an honest one of
// its size, also where no thread or memory limit stands around the decoder. And values keep what general readers lose:
// digits of decimals and of 64-bit integers, nanoseconds, the order of map keys, null apart from empty.

import { Refused } from '../../contract/refused.ts'
import type { Codec } from '../../ports/codec.ts'
import { arrowToNdjson } from './arrow.ts'
import { inPlace, Malformed } from './malformed.ts'
import { parquetToNdjson } from './parquet.ts'
import type { PageInflaters } from './parquet-page.ts'

export type ColumnarFormat = 'arrow' | 'parquet'

export interface ColumnarBounds {
  /** of the NDJSON, and of everything that is inflated on the way to it */
  inflatedBytesMax: number
  /** nesting of objects and lists in one event, the event itself being 1 */
  eventDepthMax: number
  /** zstd */
  codec: Codec
  /** gzip and Brotli where the runtime has them; a file that needs a missing one is refused */
  inflaters?: PageInflaters
}

export interface DecodedColumnar {
  /** one event a line, in a buffer of its own */
  ndjson: Uint8Array<ArrayBuffer>
  rowCount: number
}

/**
 * @throws Refused  `malformed_parquet` or `malformed_arrow` (where it is wrong, and what to do), `body_too_large`
 */
export async function decodeColumnar(
  format: ColumnarFormat,
  body: Uint8Array,
  bounds: ColumnarBounds,
): Promise<DecodedColumnar> {
  const { inflatedBytesMax, eventDepthMax } = bounds
  const inflaters = { codec: bounds.codec, pages: bounds.inflaters ?? {} }
  try {
    return inPlace(format === 'arrow' ? 'Arrow body' : 'Parquet body', () =>
      format === 'arrow'
        ? arrowToNdjson(body, { inflatedBytesMax, eventDepthMax, inflaters })
        : parquetToNdjson(body, { inflatedBytesMax, eventDepthMax, inflaters }),
    )
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const advice =
      error.advice ?? 'Check that it was sent whole and opens in another reader, then send it again.'
    throw new Refused(
      format === 'arrow' ? 'malformed_arrow' : 'malformed_parquet',
      `${error.message}. ${advice}`,
    )
  }
}
