// A file that is held in memory as a whole, for one that every question reads many small pieces of.

import type { CheckedFile } from './checked.ts'

/** @throws CorruptPart, StoreError */
export async function holdFile(file: CheckedFile): Promise<CheckedFile> {
  const bytes = new Uint8Array(await file.slice(0))
  return {
    byteLength: bytes.length,
    slice: async (start, end) => bytes.slice(start, end).buffer,
    view: (start, end) => bytes.subarray(start, end),
  }
}
