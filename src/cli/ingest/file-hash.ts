// The SHA-256 of a file, streamed. With the row it makes the ids of events that carry none.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** @returns lower-case hex */
export async function fileHash(path: string, onBytes: (bytesDone: number) => void): Promise<string> {
  const hash = createHash('sha256')
  let bytesDone = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk)
    onBytes((bytesDone += chunk.length))
  }
  return hash.digest('hex')
}
