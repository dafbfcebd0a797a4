// Where a made stream goes: a file, standard output, or a running service. Each takes the next block when it has room
// for it, so that memory holds one.

import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { Writable } from 'node:stream'
import type { Server } from '../client.ts'
import { Failure, type Io, type Output } from '../command.ts'
import { type Ingested, ingestFile } from '../ingest/ingest-file.ts'
import type { Source } from '../ingest/source.ts'

/** @throws Failure when the file can't be written */
export async function writeBlocks(path: string, blocks: Iterable<Uint8Array>): Promise<void> {
  try {
    const file = await open(path, 'w')
    try {
      for (const block of blocks) await file.writeFile(block)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new Failure(`${path} can't be written: ${(error as Error).message}`)
  }
}

/** A reader that has seen enough, as `head` has, closes the pipe: that is no failure. */
export async function printBlocks(output: Output, blocks: Iterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder()
  try {
    for (const block of blocks) {
      const hasRoom = output.write(decoder.decode(block))
      if (hasRoom === false && output instanceof Writable) await once(output, 'drain')
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

export function sendBlocks(
  blocks: Iterable<Uint8Array>,
  { name, server, query }: { name: string; server: Server; query: Readonly<Record<string, string>> },
  io: Io,
): Promise<Ingested> {
  return ingestFile({ source: sourceOf(name, blocks), server, query, restart: false }, io)
}

function sourceOf(name: string, blocks: Iterable<Uint8Array>): Source {
  let bytesRead = 0
  async function* chunks() {
    for (const block of blocks) {
      yield block
      bytesRead += block.length
    }
  }
  return {
    name,
    text: async () => ({
      chunks: chunks(),
      firstRow: 0,
      firstOffset: 0,
      seekable: false,
      bytesRead: () => bytesRead,
    }),
  }
}
