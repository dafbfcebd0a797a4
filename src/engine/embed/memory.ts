// A static model in the memory of an instance, with the regions that its kernels work in, and texts handed to it a chunk at
// a time. What a text costs is bounded: its first 128 KiB are looked at, and of those its first `tokensMax` tokens.

import { type TextColumn, textCountOf } from '../../base/text-column.ts'
import type { Region } from '../arena.ts'
import { demand, demandWhole } from '../checks.ts'
import type { Kernels } from '../kernels.ts'
import { type EmbedModel, readEmbedModel } from './model.ts'

export interface EmbedExports {
  embed(
    model: number,
    texts: number,
    starts: number,
    textCount: number,
    vectors: number,
    counts: number,
    tokensMax: number,
    tokens: number,
    scratch: number,
    sums: number,
  ): void
  wordpieceScratchBytes(model: number): number
  wordpieceTokenize(
    model: number,
    from: number,
    until: number,
    tokens: number,
    tokensMax: number,
    scratch: number,
  ): number
}

export interface HoldOptions {
  /** of a text, unknown words counted in; 1..512, default 512: what is sure to fit a sum of 32 bits */
  tokensMax?: number
}

export interface HeldEmbedModel extends Omit<EmbedModel, 'bytes'> {
  kernels: Kernels<EmbedExports>
  tokensMax: number
  regions: Regions
  /** Lets go of the model and of whatever was taken after it. */
  release(): void
}

interface Regions {
  model: Region
  /** u32[tokensMax + wordCharsMax] */
  tokens: Region
  scratch: Region
  /** i32[dims] */
  sums: Region
  texts: Region
  /** u32[chunkTextsMax + 1] */
  starts: Region
  /** f32[chunkTextsMax × dims] */
  vectors: Region
  /** u32[chunkTextsMax × 2] */
  counts: Region
}

export const tokensLimit = 512
/** What is looked at of a text, and the bytes of a chunk. */
export const textBytesMax = 131_072
/** Some milliseconds of work. */
export const chunkTextsMax = 1024

/**
 * @param bytes  a model's file
 * @throws BadInput when the bytes are no sound model
 * @throws OutOfMemory when it does not fit; the instance is as it was
 */
export function holdEmbedModel(
  kernels: Kernels<EmbedExports>,
  bytes: Uint8Array,
  { tokensMax = tokensLimit }: HoldOptions = {},
): HeldEmbedModel {
  demandWhole('tokensMax', tokensMax, { min: 1, max: tokensLimit })
  const { bytes: file, ...model } = readEmbedModel(bytes)
  const { arena, call } = kernels
  const region = arena.take('embedding model', file.length)
  try {
    arena.u8(region).set(file)
    const regions = {
      model: region,
      tokens: arena.take('embedding tokens', 4 * (tokensMax + model.wordCharsMax)),
      scratch: arena.take('embedding word', call.wordpieceScratchBytes(region.at)),
      sums: arena.take('embedding sums', 4 * model.dims),
      texts: arena.take('embedding texts', textBytesMax),
      starts: arena.take('embedding starts', 4 * (chunkTextsMax + 1)),
      vectors: arena.take('embedding vectors', 4 * model.dims * chunkTextsMax),
      counts: arena.take('embedding counts', 8 * chunkTextsMax),
    }
    return { ...model, kernels, tokensMax, regions, release: () => arena.release(region) }
  } catch (error) {
    arena.release(region)
    throw error
  }
}

/** @throws BadInput for offsets that don't rise or lead past the data */
export function demandTexts({ data, offsets }: TextColumn): void {
  demand(offsets.length > 0, 'offsets is empty: expected one more than there are texts')
  let before = 0
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!
    demand(offset >= before, `offsets[${i}] is ${offset}: expected no less than the one before`)
    before = offset
  }
  demand(before <= data.length, `offsets lead to ${before}: the data ends at ${data.length}`)
}

/** Lays the texts from `first` on into the memory, as many as a chunk takes. @returns where the next chunk begins */
export function layTexts({ kernels, regions }: HeldEmbedModel, texts: TextColumn, first: number): number {
  const { data, offsets } = texts
  const last = Math.min(textCountOf(texts), first + chunkTextsMax)
  const from = offsets[first]!
  const end = from + textBytesMax
  let until = first + 1
  while (until < last && offsets[until + 1]! <= end) until++
  kernels.arena.u8(regions.texts).set(data.subarray(from, Math.min(offsets[until]!, end)))
  const starts = kernels.arena.u32(regions.starts)
  for (let i = first; i <= until; i++) starts[i - first] = Math.min(offsets[i]! - from, textBytesMax)
  return until
}
