// How a log frame lies in bytes, the same in a file and in an object. Numbers are little-endian.
//
//    0       4             8           12        20     21     24         28         32
//    +-------+-------------+-----------+---------+------+------+----------+----------+--------+------+
//    | magic | headerBytes | bodyBytes | seq u64 | kind | zero | data crc | head crc | header | body |
//    +-------+-------------+-----------+---------+------+------+----------+----------+--------+------+
//
// `header` is JSON. The data checksum covers header and body; the head checksum covers the 28 bytes before it, so a
// head is known to be whole before its lengths are believed: a frame that reaches past the end of its file was torn, and
// nobody looks for frames inside a producer's bytes.

import { assert } from '../base/assert.ts'
import { crc32c } from '../base/crc32c.ts'
import { type Frame, type FrameKind, frameKinds } from '../ports/log.ts'

export const headBytes = 32
const headerBytesMax = 64 * 1024 * 1024
const bodyBytesMax = 1024 * 1024 * 1024

/** 'AlvF', read as a little-endian number. */
export const frameMagic = 0x46766c41

export interface FrameHead {
  seq: number
  kind: FrameKind
  headerBytes: number
  bodyBytes: number
  /** of the whole frame */
  frameBytes: number
  dataCrc: number
}

/** @returns the bytes that go before `body`; the body itself is not copied */
export function encodeFrame({ seq, kind, header, body }: Frame): Uint8Array {
  assert(Number.isSafeInteger(seq) && seq > 0, 'frame seq out of range')
  const json = encoder.encode(JSON.stringify(header))
  assert(json.length <= headerBytesMax, 'frame header over its bound')
  assert(body.length <= bodyBytesMax, 'frame body over its bound')
  const bytes = new Uint8Array(headBytes + json.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, frameMagic, true)
  view.setUint32(4, json.length, true)
  view.setUint32(8, body.length, true)
  view.setBigUint64(12, BigInt(seq), true)
  view.setUint8(20, frameKinds.indexOf(kind))
  view.setUint32(24, crc32c(body, crc32c(json)), true)
  view.setUint32(28, crc32c(bytes.subarray(0, 28)), true)
  bytes.set(json, headBytes)
  return bytes
}

/** @returns undefined when there is no whole, sound head at `at` */
export function decodeHead(bytes: Uint8Array, at = 0): FrameHead | undefined {
  if (bytes.length < at + headBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, headBytes)
  if (view.getUint32(0, true) !== frameMagic) return undefined
  if (view.getUint32(28, true) !== crc32c(bytes.subarray(at, at + 28))) return undefined
  const kind = frameKinds[view.getUint8(20)]
  const seq = Number(view.getBigUint64(12, true))
  const headerBytes = view.getUint32(4, true)
  const bodyBytes = view.getUint32(8, true)
  if (kind === undefined || !Number.isSafeInteger(seq)) return undefined
  if (headerBytes > headerBytesMax || bodyBytes > bodyBytesMax) return undefined
  const frameBytes = headBytes + headerBytes + bodyBytes
  return { seq, kind, headerBytes, bodyBytes, frameBytes, dataCrc: view.getUint32(24, true) }
}

/**
 * @param header  the JSON bytes that follow the head
 * @param body    handed on as it is
 * @returns undefined when the bytes are not those that were written
 */
export function decodeFrame(head: FrameHead, header: Uint8Array, body: Uint8Array): Frame | undefined {
  if (header.length !== head.headerBytes || body.length !== head.bodyBytes) return undefined
  if (crc32c(body, crc32c(header)) !== head.dataCrc) return undefined
  return { seq: head.seq, kind: head.kind, header: JSON.parse(decoder.decode(header)), body }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
