// zstd data from other writers, for a codec that wants every frame to state its content's size (RFC 8878 §3.1.1).
// Writers that stream leave the size out; Parquet and Arrow say it themselves, so it is put into the frame's header.

import type { Codec } from '../../ports/codec.ts'

const MAGIC = 0xfd2fb528
/** Frame_Content_Size_flag for a field of four bytes. */
const SIZE_IN_FOUR_BYTES = 2 << 6

/** @throws Error when the frame is bad or of another size */
export function zstd(codec: Codec, frame: Uint8Array, contentBytes: number): Uint8Array {
  return codec.decompress(statesSize(frame) ? frame : withSize(frame, contentBytes), contentBytes)
}

function statesSize(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  // What is no frame at all is for the codec to say.
  if (frame.length < 6 || view.getUint32(0, true) !== MAGIC) return true
  const descriptor = frame[4]!
  const isSingleSegment = (descriptor & 32) !== 0
  return descriptor >> 6 !== 0 || isSingleSegment
}

/** The header is magic, descriptor, window, dictionary id of 0, 1, 2 or 4 bytes, and then the size. */
function withSize(frame: Uint8Array, contentBytes: number): Uint8Array {
  const sizeAt = 6 + [0, 1, 2, 4][frame[4]! & 3]!
  const stated = new Uint8Array(frame.length + 4)
  stated.set(frame.subarray(0, sizeAt))
  stated[4] = frame[4]! | SIZE_IN_FOUR_BYTES
  new DataView(stated.buffer).setUint32(sizeAt, contentBytes, true)
  stated.set(frame.subarray(sizeAt), sizeAt + 4)
  return stated
}
