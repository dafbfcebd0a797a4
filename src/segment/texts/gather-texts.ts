// Texts from here and there as one column.

import type { TextColumn } from '../../base/text-column.ts'

/** @param textAt  may be a view that is good until the next call */
export function textColumnOf(count: number, textAt: (i: number) => Uint8Array): TextColumn {
  const offsets = new Uint32Array(count + 1)
  let data = new Uint8Array(1024)
  for (let i = 0; i < count; i++) {
    const text = textAt(i)
    const start = offsets[i]!
    const end = start + text.length
    if (end > data.length) {
      const grown = new Uint8Array(Math.max(end, data.length * 2))
      grown.set(data)
      data = grown
    }
    data.set(text, start)
    offsets[i + 1] = end
  }
  return { data: data.slice(0, offsets[count]!), offsets }
}
