// A block as a request: where it goes, what the service is told about it, and a key that makes sending it twice safe.

import { randomUUID } from 'node:crypto'
import { type BatchAnswer, batchAnswerSchema } from '../../contract/receipt.ts'
import { call, type Server } from '../client.ts'
import { Failure } from '../command.ts'
import type { Block } from './line-blocks.ts'

export interface Sender {
  server: Server
  /** query parameters that are the same for each block: stream, source, pack, fields */
  query: Readonly<Record<string, string | undefined>>
  /** SHA-256 of the file; undefined where the whole isn't known before it is sent */
  fileHash: string | undefined
}

/** @returns a function that sends one block; blocks sent by it are known by their first row */
export function senderOf({
  server,
  query,
  fileHash,
}: Sender): (block: Pick<Block, 'body' | 'firstRow'>) => Promise<BatchAnswer> {
  // Another run has another id: the key must not bring back the answer of a run that was told to begin anew.
  const runId = randomUUID()
  return async ({ body, firstRow }) => {
    const file = fileHash === undefined ? {} : { file: fileHash, first_row: String(firstRow) }
    const answer = await call(server, {
      method: 'POST',
      path: '/v1/events',
      query: { ...query, ...file },
      headers: {
        'content-type': 'application/x-ndjson',
        // The length keeps the halves of a block apart from the block itself.
        'idempotency-key': `${runId}-${firstRow}-${body.length}`,
      },
      body,
    })
    return answerOf(answer.text, server)
  }
}

function answerOf(text: string, server: Server): BatchAnswer {
  try {
    return batchAnswerSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new Failure(`${server.url} answered something that is no receipt: is it Alluvium?`, { cause })
  }
}
