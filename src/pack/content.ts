// What a pack says, apart from its version and from the order in which somebody wrote its names down: two packs of the
// same content are the same pack.

import { toHex, toUtf8 } from '../base/bytes.ts'
import { murmur3x128 } from '../base/murmur3.ts'
import type { Pack } from '../contract/pack.ts'

/** The content as JSON with its names in order. */
export function canonicalPack({ version: _, ...content }: Pack): string {
  return JSON.stringify(content, (_, value) => (isRecord(value) ? inOrder(value) : value))
}

/** @returns 32 hex digits that tell contents apart */
export function packHash(pack: Pack): string {
  const bytes = toUtf8(canonicalPack(pack))
  const hash = new Uint32Array(4)
  murmur3x128(bytes, 0, bytes.length, 0, hash)
  return toHex(new Uint8Array(hash.buffer))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inOrder(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
