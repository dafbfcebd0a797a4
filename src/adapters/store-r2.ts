// Objects in an R2 bucket, under a prefix. A put is durable and atomic when it resolves; that is R2's promise. An object
// that comes chunk by chunk is sent in pieces, so that the memory it takes does not grow with its size.

import { assert } from '../base/assert.ts'
import { type ObjectInfo, type ObjectStore, StoreError } from '../ports/object-store.ts'
import {
  concat,
  deleteAll,
  listAll,
  putNew,
  type R2Bucket,
  type R2StoreBucket,
  type R2UploadedPart,
} from './r2.ts'
import { assertKey, assertPrefix } from './store-key.ts'

/** @param options.prefix  '' or ends in '/'; default 'store/' */
export function r2Store(bucket: R2StoreBucket, { prefix = 'store/' }: { prefix?: string } = {}): ObjectStore {
  return {
    async put(key, chunks) {
      assertKey(key)
      if (!(Symbol.asyncIterator in chunks))
        return await told('put', key, putNew(bucket, prefix + key, concat(chunks)))
      return await putPieces(bucket, { key, bucketKey: prefix + key }, inPieces(chunks))
    },
    async get(key) {
      assertKey(key)
      return await told('get', key, whole(bucket, prefix + key))
    },
    async getRange(key, start, end) {
      assertKey(key)
      assert(Number.isSafeInteger(start) && Number.isSafeInteger(end), 'range of whole bytes')
      assert(0 <= start && start <= end, 'range in order')
      const bytes = await told('getRange', key, range(bucket, prefix + key, { start, end }))
      if (bytes === undefined) throw new StoreError('r2', 'getRange', key, { reason: 'no such key' })
      return bytes
    },
    async *list(keyPrefix): AsyncIterable<ObjectInfo> {
      assertPrefix(keyPrefix)
      try {
        for await (const { key, size } of listAll(bucket, prefix + keyPrefix)) {
          yield { key: key.slice(prefix.length), bytes: size }
        }
      } catch (cause) {
        throw new StoreError('r2', 'list', keyPrefix, { cause })
      }
    },
    async delete(keys) {
      for (const key of keys) assertKey(key)
      const all = keys.map(key => prefix + key)
      await told('delete', keys.length === 1 ? keys[0]! : `${keys.length} keys`, deleteAll(bucket, all))
    },
    async usedRatio() {
      return undefined
    },
  }
}

async function told<T>(operation: string, key: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    throw new StoreError('r2', operation, key, { cause })
  }
}

/** Bytes of a piece. R2 wants all but the last alike, and 5 MiB at least. */
export const pieceBytes = 8 * 1024 * 1024

/** Whole pieces, then what is left, which may be nothing. */
async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < pieceBytes) continue
    const bytes = concat(held)
    let at = 0
    for (; heldBytes >= pieceBytes; heldBytes -= pieceBytes) yield bytes.subarray(at, (at += pieceBytes))
    held = [bytes.slice(at)]
  }
  yield concat(held)
}

async function putPieces(
  bucket: R2StoreBucket,
  { key, bucketKey }: { key: string; bucketKey: string },
  pieces: AsyncGenerator<Uint8Array, void>,
): Promise<'written' | 'exists'> {
  const first = await pieces.next()
  assert(!first.done, 'there is a piece, if an empty one')
  if (first.value.length < pieceBytes) return await told('put', key, putNew(bucket, bucketKey, first.value))
  const upload = await told('put', key, bucket.createMultipartUpload(bucketKey))
  try {
    const parts: R2UploadedPart[] = [await told('put', key, upload.uploadPart(1, first.value))]
    for await (const piece of pieces) {
      if (piece.length > 0) parts.push(await told('put', key, upload.uploadPart(parts.length + 1, piece)))
    }
    // R2 has no condition for this: looking and completing are two steps. There is one writer at a time.
    if ((await told('put', key, bucket.head(bucketKey))) === null) {
      await told('put', key, upload.complete(parts))
      return 'written'
    }
  } catch (error) {
    await upload.abort().catch(() => {}) // R2 forgets what is never completed after some days
    throw error
  }
  await told('put', key, upload.abort())
  return 'exists'
}

async function whole(bucket: R2Bucket, key: string): Promise<Uint8Array | undefined> {
  const object = await bucket.get(key)
  return object === null ? undefined : new Uint8Array(await object.arrayBuffer())
}

/** R2 refuses a range without a byte in it, so those are answered by asking for the size. */
async function range(
  bucket: R2Bucket,
  key: string,
  { start, end }: { start: number; end: number },
): Promise<Uint8Array | undefined> {
  if (start < end) {
    const asked = { range: { offset: start, length: end - start } }
    const object = await bucket.get(key, asked).catch(async cause => {
      const info = await bucket.head(key)
      if (info === null || info.size > start) throw cause
      return undefined
    })
    if (object === null) return undefined
    if (object !== undefined) return new Uint8Array(await object.arrayBuffer())
  } else if ((await bucket.head(key)) === null) {
    return undefined
  }
  return new Uint8Array(0)
}
