// What may be a key. Keys become paths, so a bad one never reaches a disk: it is our own bug, and an assertion.

import { assert } from '../base/assert.ts'

/** S3's and R2's bound; POSIX gives a name 255. */
const keyBytesMax = 1024
const nameBytesMax = 255

/** @throws AssertionError unless `key` is '/'-separated names of [A-Za-z0-9._=-], none of them '.' or '..' */
export function assertKey(key: string): void {
  assert(key.length <= keyBytesMax, 'object key over its bound')
  assert(key.split('/').every(isName), `not an object key: ${JSON.stringify(key)}`)
}

/** @throws AssertionError unless some key could begin with `prefix` */
export function assertPrefix(prefix: string): void {
  assert(prefix.length <= keyBytesMax, 'object key prefix over its bound')
  const names = prefix.split('/')
  const last = names.pop()!
  const wanted = names.every(isName) && /^[A-Za-z0-9._=-]*$/.test(last)
  assert(wanted, `not a prefix of object keys: ${JSON.stringify(prefix)}`)
}

function isName(name: string): boolean {
  return name !== '.' && name !== '..' && name.length <= nameBytesMax && /^[A-Za-z0-9._=-]+$/.test(name)
}
