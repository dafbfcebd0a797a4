// The texts of a sealed run from the first to the last, a slice at a time, for whoever needs all of them once.

import type { TextColumn } from '../../base/text-column.ts'
import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'

/**
 * @param bounds.bytes  a slice ends before it has more, unless a single text does
 * @throws CorruptPart
 */
export async function* textSlices(
  file: CheckedFile,
  { textsMax, bytes }: { textsMax: number; bytes: number },
): AsyncGenerator<TextColumn> {
  const sections = await Sections.open(file)
  const offsets = await sections.read('offsets', 'u32')
  const count = offsets.length - 1
  for (let from = 0; from < count; ) {
    let until = from + 1
    while (until < count && until - from < textsMax && offsets[until + 1]! - offsets[from]! <= bytes) until++
    const start = offsets[from]!
    yield {
      data: await sections.read('data', 'u8', start, offsets[until]!),
      offsets: offsets.slice(from, until + 1).map(offset => offset - start),
    }
    from = until
  }
}
