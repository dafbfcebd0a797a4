// One value as canonical JSON text. The same value gives the same text whichever file format brought it, and no digit
// is lost on the way:
//
//   integers     all their digits, also above 2^53
//   floats       the shortest text that reads back as the same float of their own width; -0 stays -0, and what JSON
//                can't write (NaN, ±Infinity) becomes null
//   decimals     exact, with the scale of the column: 123.4500
//   text         a string; bytes not declared as text are base64
//   times        see canonical-time.ts

import { Malformed } from './malformed.ts'
import type { NdjsonWriter } from './ndjson-writer.ts'

/** Bytes that values lie in, with both views that readers need. */
export interface Source {
  bytes: Uint8Array
  view: DataView
}

/** Writes the value that lies in [start, end) of `from`. The caller has checked that the range is within it. */
export type Format = (out: NdjsonWriter, from: Source, start: number, end: number) => void

/** Decimals of up to 256 bits exist in both formats; a longer one costs quadratic time to print. */
const decimalBytesMax = 32
const decimalScaleMax = 255

export function sourceOf(bytes: Uint8Array): Source {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

export const boolean: Format = (out, from, start) => out.ascii(from.bytes[start] === 0 ? 'false' : 'true')
export const text: Format = (out, from, start, end) => out.string(from.bytes, start, end)
export const base64: Format = (out, from, start, end) => out.base64(from.bytes, start, end)
/** Values that are JSON already. */
export const verbatim: Format = (out, from, start, end) => out.raw(from.bytes, start, end)
export const nothing: Format = out => out.ascii('null')

export const int8: Format = (out, { view }, start) => out.integer(view.getInt8(start))
export const uint8: Format = (out, { view }, start) => out.integer(view.getUint8(start))
export const int16: Format = (out, { view }, start) => out.integer(view.getInt16(start, true))
export const uint16: Format = (out, { view }, start) => out.integer(view.getUint16(start, true))
export const int32: Format = (out, { view }, start) => out.integer(view.getInt32(start, true))
export const uint32: Format = (out, { view }, start) => out.integer(view.getUint32(start, true))
export const int64: Format = (out, { view }, start) => wide(out, view, start, view.getInt32(start + 4, true))
export const uint64: Format = (out, { view }, start) =>
  wide(out, view, start, view.getUint32(start + 4, true))

export const float16: Format = (out, { view }, start) =>
  float(out, halfValue(view.getUint16(start, true)), singleText)
export const float32: Format = (out, { view }, start) => float(out, view.getFloat32(start, true), singleText)
export const float64: Format = (out, { view }, start) => float(out, view.getFloat64(start, true), String)

/** 16 bytes as RFC 9562 text. */
export const uuid: Format = (out, { bytes }, start, end) => {
  let hex = ''
  for (let i = start; i < end; i++) hex += bytes[i]!.toString(16).padStart(2, '0')
  out.ascii(
    `"${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}"`,
  )
}

/** A two's complement integer of any width, divided by 10^scale. */
export function decimal(scale: number, order: 'little' | 'big'): Format {
  if (!(Math.abs(scale) <= decimalScaleMax))
    throw new Malformed(`a decimal scale of ${scale} is past ${decimalScaleMax}`)
  return (out, from, start, end) => {
    if (end - start > decimalBytesMax)
      throw new Malformed(`a decimal of ${end - start} bytes is past ${decimalBytesMax}`)
    out.ascii(
      decimalText(
        order === 'little' ? littleInteger(from.view, start, end) : bigInteger(from, start, end),
        scale,
      ),
    )
  }
}

/** Digits as they are stored: a positive scale keeps its trailing zeros, a negative one adds them. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return unscaled === 0n ? '0' : `${unscaled}${'0'.repeat(-scale)}`
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function wide(out: NdjsonWriter, view: DataView, start: number, high: number): void {
  const value = high * 2 ** 32 + view.getUint32(start, true)
  if (Number.isSafeInteger(value)) out.integer(value)
  else out.ascii(String(high < 0 ? view.getBigInt64(start, true) : view.getBigUint64(start, true)))
}

function float(out: NdjsonWriter, value: number, textOf: (value: number) => string): void {
  if (!Number.isFinite(value)) out.ascii('null')
  else if (value === 0) out.ascii(Object.is(value, -0) ? '-0' : '0')
  else out.ascii(textOf(value))
}

/**
 * The shortest text that reads back as the same single. Nine digits always do (IEEE 754 §5.12.2), and fewer than six
 * are found among six with zeros, except near zero, where singles have less precision.
 */
function singleText(value: number): string {
  const isSubnormal = Math.abs(value) < 2 ** -126
  for (let digits = isSubnormal ? 1 : 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === value) return String(rounded)
  }
  return String(Number(value.toPrecision(9)))
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** Widths are 4, 8, 16 or 32 bytes. */
function littleInteger(view: DataView, start: number, end: number): bigint {
  if (end - start === 4) return BigInt(view.getInt32(start, true))
  let value = view.getBigInt64(end - 8, true)
  for (let at = end - 16; at >= start; at -= 8) value = (value << 64n) | view.getBigUint64(at, true)
  return value
}

/** Of any width, none included. */
function bigInteger({ bytes, view }: Source, start: number, end: number): bigint {
  const wordsStart = start + ((end - start) & 7)
  let value = 0n
  for (let at = start; at < wordsStart; at++) value = (value << 8n) | BigInt(bytes[at]!)
  for (let at = wordsStart; at < end; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return BigInt.asIntN(8 * (end - start), value)
}
