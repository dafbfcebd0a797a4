// A node's name: its type and its key in one string of bytes, `type\0key`. No type holds a zero byte, so the first one
// parts them, and names in the order of their bytes are in the order of type, then key. Whatever asks for nodes, finds
// them or sorts them speaks of names: numbers of nodes never leave the run that gave them.

import { assert } from '../../base/assert.ts'
import { fromUtf8, toUtf8 } from '../../base/bytes.ts'
import { murmur3x128 } from '../../base/murmur3.ts'
import type { TextColumn } from '../../base/text-column.ts'

export interface NodeRef {
  type: string
  key: string
}

export function nodeName({ type, key }: NodeRef): Uint8Array {
  return toUtf8(`${type}\0${key}`)
}

export function nodeRef(name: Uint8Array): NodeRef {
  // decoded in one go, which costs more than to cut: no code point but that of the zero byte itself holds one
  const text = fromUtf8(name)
  const end = text.indexOf('\0')
  assert(end >= 0, 'the name of a node has a type and a key')
  return { type: text.slice(0, end), key: text.slice(end + 1) }
}

export function typeOfName(name: Uint8Array): string {
  const end = name.indexOf(0)
  assert(end >= 0, 'the name of a node has a type and a key')
  return fromUtf8(name.subarray(0, end))
}

/** Owns its memory, so that no more than the names goes to another thread. */
export function nameColumn(names: readonly Uint8Array[]): TextColumn {
  const offsets = new Uint32Array(names.length + 1)
  for (const [i, { length }] of names.entries()) offsets[i + 1] = offsets[i]! + length
  const data = new Uint8Array(offsets[names.length]!)
  for (const [i, name] of names.entries()) data.set(name, offsets[i]!)
  return { data, offsets }
}

export function nameAt({ data, offsets }: TextColumn, i: number): Uint8Array {
  return data.subarray(offsets[i]!, offsets[i + 1]!)
}

/** The order of names that all of the graph keeps. */
export function compareNames(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length)
  for (let i = 0; i < shared; i++) {
    const difference = left[i]! - right[i]!
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Writes the 64 bits of a name into out[at, at + 2). Two names may have the same: bytes decide. */
export type NameHash = (name: Uint8Array, out: Uint32Array, at: number) => void

const words = new Uint32Array(4)

export const hashName: NameHash = (name, out, at) => {
  murmur3x128(name, 0, name.length, 0, words)
  out[at] = words[0]!
  out[at + 1] = words[1]!
}
