// One file from its first byte to its summary: hash, bookmark, blocks, deliveries.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '../client.ts'
import type { Io } from '../command.ts'
import { countText, secondsText } from '../figures.ts'
import { progressOn } from '../progress.ts'
import { harmless } from '../terminal.ts'
import { type Bookmark, bookmark } from './bookmark.ts'
import { deliver } from './deliver.ts'
import { feed } from './feed.ts'
import { fileHash } from './file-hash.ts'
import { type Block, lineBlocks } from './line-blocks.ts'
import { senderOf } from './send.ts'
import type { Source } from './source.ts'
import { addAnswer, addUndelivered, emptyTally, type Tally } from './tally.ts'
import type { Position } from './text.ts'

const blockBytesMax = 4 * 1024 * 1024
/** What the service takes in one body by default; a longer line could only be turned away. */
const lineBytesMax = 10 * 1024 * 1024
/** One after the other: the log keeps the order of the file, and with it the order of each entity. */
const inFlightMax = 1

export interface FileJob {
  source: Source
  server: Server
  query: Readonly<Record<string, string | undefined>>
  /** ignore the bookmark of an earlier run */
  restart: boolean
}

export interface Ingested extends Tally {
  bytes: number
  seconds: number
}

/** @throws Failure when the service can't be reached, or won't have it; what was delivered stays marked */
export async function ingestFile({ source, server, query, restart }: FileJob, io: Io): Promise<Ingested> {
  const hash = source.path === undefined ? undefined : await hashOf(source.path, source.bytes, io)
  const mark = hash === undefined ? undefined : markOf(hash, { server, query }, io)
  if (restart) await mark?.remove()
  const from = await beginning(source, mark, io)

  const startMs = performance.now()
  const tally = emptyTally()
  const text = await source.text(from)
  const firstBytes = text.bytesRead()
  const progress = progressOn(io, `sending ${harmless(source.name)}`, source.bytes)
  const blocks = lineBlocks(text.chunks, {
    blockBytesMax,
    lineBytesMax,
    firstRow: text.firstRow,
    firstOffset: text.firstOffset,
    fromRow: from.row,
    onTooLong: (row, bytes) =>
      addUndelivered(tally, row, `${countText(bytes)} bytes are more than one body may have`),
  })
  const send = senderOf({ server, query, fileHash: hash })
  try {
    await feed({
      blocks,
      inFlightMax,
      deliver: block =>
        deliver(block, {
          send,
          pace: { sleep, random: Math.random },
          onAnswer: answer => {
            addAnswer(tally, answer)
            progress.update({ bytes: text.bytesRead(), events: tally.sent })
          },
          onUndelivered: (row, reason) => addUndelivered(tally, row, reason),
          onWait: (reason, seconds) => progress.note(`${reason}; trying again in ${secondsText(seconds)}`),
        }),
      onThrough: async block => mark?.move(positionBehind(block, text.seekable)),
    })
  } finally {
    progress.end()
  }
  await mark?.remove()
  return { ...tally, bytes: text.bytesRead() - firstBytes, seconds: (performance.now() - startMs) / 1000 }
}

async function hashOf(path: string, bytes: number | undefined, io: Io): Promise<string> {
  const progress = progressOn(io, `hashing ${harmless(path)}`, bytes)
  try {
    return await fileHash(path, bytesDone => progress.update({ bytes: bytesDone }))
  } finally {
    progress.end()
  }
}

function markOf(hash: string, { server, query }: Pick<FileJob, 'server' | 'query'>, io: Io): Bookmark {
  return bookmark(
    { fileHash: hash, serverUrl: server.url, destination: [server.key, JSON.stringify(query)] },
    io.env,
  )
}

async function beginning(source: Source, mark: Bookmark | undefined, io: Io): Promise<Position> {
  const found = await mark?.read()
  if (!found || found.row === 0) return { row: 0, offset: undefined }
  io.stderr.write(
    `${source.name}: going on at row ${countText(found.row)}, where the last run ended (--restart sends all again)\n`,
  )
  return found
}

function positionBehind(block: Block, seekable: boolean): Position {
  return { row: block.firstRow + block.rowCount, offset: seekable ? block.endOffset : undefined }
}
