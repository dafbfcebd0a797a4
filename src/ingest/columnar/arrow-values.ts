// Single values of Arrow's layouts, and the checks of what reaches into its buffers.

import type { ArrowType } from './arrow-schema.ts'
import * as canonical from './canonical.ts'
import { type Format, sourceOf } from './canonical.ts'
import { date32, date64, duration, intervalText, time, timestamp } from './canonical-time.ts'
import { Malformed } from './malformed.ts'

/** Where value i of a list or of bytes lies; checked by whoever uses it. */
export type Range = (row: number) => { start: number; end: number }

export function fixedRanges(size: number): Range {
  if (!(size >= 0)) throw new Malformed(`lists of ${size} items are impossible`)
  return row => ({ start: row * size, end: (row + 1) * size })
}

export function within(
  range: { start: number; end: number },
  length: number,
): { start: number; end: number } {
  if (!(range.start >= 0 && range.start <= range.end && range.end <= length)) {
    throw new Malformed(`a value lies at ${range.start} to ${range.end} of ${length}`)
  }
  return range
}

export function need(buffer: Uint8Array, byteCount: number, what: string): Uint8Array {
  if (!(buffer.length >= byteCount))
    throw new Malformed(`its ${what} need ${byteCount} bytes and have ${buffer.length}`)
  return buffer
}

export function integerReader(
  buffer: Uint8Array,
  bits: number,
  signed: boolean,
  count: number,
): (index: number) => number {
  const { view } = sourceOf(need(buffer, (count * bits) / 8, 'integers'))
  switch (bits) {
    case 8:
      return signed ? i => view.getInt8(i) : i => view.getUint8(i)
    case 16:
      return signed ? i => view.getInt16(i * 2, true) : i => view.getUint16(i * 2, true)
    case 32:
      return signed ? i => view.getInt32(i * 4, true) : i => view.getUint32(i * 4, true)
    case 64:
      return i => Number(view.getBigInt64(i * 8, true))
    default:
      throw new Malformed(`integers of ${bits} bits are impossible`)
  }
}

export function scalarFormat(type: ArrowType): { byteWidth: number; format: Format } {
  switch (type.kind) {
    case 'int':
      return { byteWidth: type.bits / 8, format: integerFormat(type.bits, type.signed) }
    case 'float':
      return {
        byteWidth: type.bits / 8,
        format:
          type.bits === 16 ? canonical.float16 : type.bits === 32 ? canonical.float32 : canonical.float64,
      }
    case 'decimal':
      if (![32, 64, 128, 256].includes(type.bits))
        throw new Malformed(`decimals of ${type.bits} bits are impossible`)
      return { byteWidth: type.bits / 8, format: canonical.decimal(type.scale, 'little') }
    case 'date':
      return type.bits === 32 ? { byteWidth: 4, format: date32 } : { byteWidth: 8, format: date64 }
    case 'time':
      return type.bits === 32
        ? { byteWidth: 4, format: time(type.unit, 32) }
        : { byteWidth: 8, format: time(type.unit, 64) }
    case 'timestamp':
      return { byteWidth: 8, format: timestamp(type.unit) }
    case 'duration':
      return { byteWidth: 8, format: duration(type.unit) }
    case 'interval':
      return intervalFormats[type.unit]
    default:
      throw new Malformed(`a ${type.kind} is no single value`)
  }
}

function integerFormat(bits: number, signed: boolean): Format {
  const { int8, int16, int32, int64, uint8, uint16, uint32, uint64 } = canonical
  const format = new Map(
    signed
      ? [
          [8, int8],
          [16, int16],
          [32, int32],
          [64, int64],
        ]
      : [
          [8, uint8],
          [16, uint16],
          [32, uint32],
          [64, uint64],
        ],
  ).get(bits)
  if (!format) throw new Malformed(`integers of ${bits} bits are impossible`)
  return format
}

const intervalFormats: Record<'months' | 'days' | 'nanos', { byteWidth: number; format: Format }> = {
  months: {
    byteWidth: 4,
    format: (out, { view }, at) => out.ascii(intervalText(view.getInt32(at, true), 0, 0n, 0)),
  },
  days: {
    byteWidth: 8,
    format: (out, { view }, at) =>
      out.ascii(intervalText(0, view.getInt32(at, true), BigInt(view.getInt32(at + 4, true)), 3)),
  },
  nanos: {
    byteWidth: 16,
    format: (out, { view }, at) =>
      out.ascii(
        intervalText(view.getInt32(at, true), view.getInt32(at + 4, true), view.getBigInt64(at + 8, true), 9),
      ),
  },
}
