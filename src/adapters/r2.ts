// What the adapters ask of an R2 bucket binding: the shape of it that Cloudflare's own type fits.

export interface R2ObjectInfo {
  key: string
  size: number
}

interface R2ObjectBody extends R2ObjectInfo {
  arrayBuffer(): Promise<ArrayBuffer>
}

export interface R2Bucket {
  /** @returns null when the condition doesn't hold */
  put(
    key: string,
    value: Uint8Array,
    options: { onlyIf: { etagDoesNotMatch: string } },
  ): Promise<R2ObjectInfo | null>
  get(key: string, options?: { range: { offset: number; length: number } }): Promise<R2ObjectBody | null>
  head(key: string): Promise<R2ObjectInfo | null>
  /** by key in byte order */
  list(options: { prefix: string; cursor?: string }): Promise<R2Page>
  delete(keys: string[]): Promise<void>
}

/** What the store asks besides. */
export interface R2StoreBucket extends R2Bucket {
  /** For objects that come in pieces. Nothing is to be seen of it until it is complete. */
  createMultipartUpload(key: string): Promise<R2Upload>
}

interface R2Upload {
  /** @param partNumber  from 1 */
  uploadPart(partNumber: number, value: Uint8Array): Promise<R2UploadedPart>
  complete(parts: R2UploadedPart[]): Promise<R2ObjectInfo>
  abort(): Promise<void>
}

export interface R2UploadedPart {
  partNumber: number
  etag: string
}

interface R2Page {
  objects: R2ObjectInfo[]
  truncated: boolean
  cursor?: string
}

/** R2's own bound of one delete. */
export const deletedKeysMax = 1000

/** Writes where nothing is yet, whole or not at all. */
export async function putNew(
  bucket: R2Bucket,
  key: string,
  value: Uint8Array,
): Promise<'written' | 'exists'> {
  const written = await bucket.put(key, value, { onlyIf: { etagDoesNotMatch: '*' } })
  return written === null ? 'exists' : 'written'
}

export async function* listAll(bucket: R2Bucket, prefix: string): AsyncGenerator<R2ObjectInfo> {
  let page = await bucket.list({ prefix })
  yield* page.objects
  while (page.truncated && page.cursor !== undefined) {
    page = await bucket.list({ prefix, cursor: page.cursor })
    yield* page.objects
  }
}

export async function deleteAll(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += deletedKeysMax)
    await bucket.delete(keys.slice(at, at + deletedKeysMax))
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
