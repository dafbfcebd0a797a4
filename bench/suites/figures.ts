// How figures are written: three digits say what a benchmark knows.

import type { Spread } from '../measure/statistics.ts'

export function figure(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 4), useGrouping: true })
}

/** The median, and how far the repetitions lie apart. */
export function spread({ median, min, max }: Spread): string {
  return min === max ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`
}

export function megabytes(bytes: number): number {
  return bytes / 1e6
}

export function rateOf({ bytes, seconds }: { bytes: number; seconds: number }): number {
  return megabytes(bytes) / seconds
}
