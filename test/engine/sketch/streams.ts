// What the tests of sketches share: items, and the laws of merging.

import { expect } from 'vitest'
import { toUtf8 } from '../../../src/base/bytes.ts'
import { crc32c } from '../../../src/base/crc32c.ts'
import { BadInput } from '../../../src/engine/checks.ts'

const headBytes = 16

interface Sketch {
  toBytes(): Uint8Array
}

/** `prefix-0` … , the items of the golden files. */
export function itemsOf(count: number, prefix = 'item'): Uint8Array[] {
  return Array.from({ length: count }, (_, number) => toUtf8(`${prefix}-${number}`))
}

/**
 * Merging is commutative and associative, and equals having seen all streams, to the last bit.
 *
 * @param make  a sketch of some of the three streams, one after the other
 */
export function expectMergeable<S extends Sketch & { merge(other: S): void }>(
  make: (...streams: (0 | 1 | 2)[]) => S,
): void {
  const merged = (left: S, right: S) => {
    left.merge(right)
    return left
  }
  const whole = make(0, 1, 2).toBytes()
  expect(merged(merged(make(0), make(1)), make(2)).toBytes()).toEqual(whole)
  expect(merged(make(0), merged(make(1), make(2))).toBytes()).toEqual(whole)
  expect(merged(make(2), merged(make(1), make(0))).toBytes()).toEqual(whole)
  expect(merged(make(1), make(0)).toBytes()).toEqual(make(0, 1).toBytes())
  expect(merged(make(), make(1)).toBytes()).toEqual(make(1).toBytes())
  expect(merged(make(1), make()).toBytes()).toEqual(make(1).toBytes())
}

/** Bytes go there and back, and nothing else is taken for them. */
export function expectBytes<S extends Sketch>(sketch: S, fromBytes: (bytes: Uint8Array) => S): void {
  const bytes = sketch.toBytes()
  expect(fromBytes(bytes).toBytes()).toEqual(bytes)
  // where it lies in a larger buffer makes no difference
  const within = new Uint8Array(bytes.length + 3)
  within.set(bytes, 3)
  expect(fromBytes(within.subarray(3)).toBytes()).toEqual(bytes)
  const step = Math.max(1, Math.floor(bytes.length / 200))
  for (let at = 0; at < bytes.length; at += at < 80 ? 1 : step) {
    expect(() => fromBytes(bytes.subarray(0, at))).toThrow(BadInput)
    const damaged = bytes.slice()
    damaged[at]! ^= 1 << (at % 8)
    expect(() => fromBytes(damaged)).toThrow(BadInput)
  }
  expect(() => fromBytes(Uint8Array.of(...bytes, 0))).toThrow(BadInput)
  expect(() => fromBytes(toUtf8('ALLUNONE        and more'))).toThrow(/another kind/)
}

/** Changes bytes and gives them a checksum that fits, as whoever forges them would. */
export function forged(bytes: Uint8Array, change: (payload: DataView) => void): Uint8Array {
  const all = bytes.slice()
  const view = new DataView(all.buffer)
  change(new DataView(all.buffer, headBytes))
  view.setUint32(headBytes - 4, crc32c(all.subarray(headBytes), crc32c(all.subarray(0, headBytes - 4))), true)
  return all
}
