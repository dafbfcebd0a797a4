// What a folder of log files still holds after a crash, and the copy that makes its end sound.
//
// The last file is written anew, up to its last sound frame. Its frames may be in the kernel's memory alone: the process
// died before their sync, or because of it, and then a second sync of the same file could lie. The files before it were
// durable when it began.
//
// A bad frame with no sound one behind it is a tail that was never acknowledged: it is cut off. With one behind it, or
// with frames missing, acknowledged events may be lost, and that is for a person to judge: it stops with the place.

import { dirname, join } from 'node:path'
import { type Frame, LogError } from '../ports/log.ts'
import type { Disk } from './disk.ts'
import { LogReader } from './log-reader.ts'

/** A file whose last frame is `lastSeq`. */
export interface LogFile {
  path: string
  lastSeq: number
}

export interface RecoveredFrame {
  frame: Frame
  frameBytes: number
}

/**
 * @param options.after  frames up to here are in published segments: they are read and checked, and may be missing
 * @param options.files  receives the files that stay, oldest first
 * @throws LogError when a frame that may have been acknowledged is bad or missing
 */
export async function* recoverFiles(
  disk: Disk,
  directory: string,
  options: { after: number; files: LogFile[] },
): AsyncGenerator<RecoveredFrame> {
  const names = await logNames(disk, directory)
  let lastSeq = 0
  for (let fileIndex = 0; fileIndex < names.length; fileIndex++) {
    const reader = await LogReader.open(disk, join(directory, names[fileIndex]!))
    let at = 0
    let damage: { at: number; reason: string; searchFrom: number } | undefined
    try {
      for (let read = await reader.frameAt(0); read.kind !== 'end'; read = await reader.frameAt(at)) {
        if (read.kind === 'damage') {
          damage = read
          await refuseFramesBehind(reader, read, lastSeq)
          break
        }
        const { frame, end } = read
        if (at === 0) checkFirst(reader.path, names[fileIndex]!, frame.seq)
        checkOrder({ path: reader.path, at, seq: frame.seq, lastSeq, after: options.after })
        lastSeq = frame.seq
        yield { frame, frameBytes: end - at }
        at = end
      }
    } finally {
      await reader.close()
    }
    if (damage !== undefined) {
      const later = names.slice(fileIndex + 1).map(name => join(directory, name))
      for (const path of later) await refuseFramesIn(disk, path, { bad: reader.path, ...damage, lastSeq })
      for (const path of later) await disk.unlink(path)
    }
    const isLast = damage !== undefined || fileIndex === names.length - 1
    if (isLast && at > 0 && (damage !== undefined || lastSeq > options.after))
      await renew(disk, reader.path, at)
    if (at === 0) await disk.unlink(reader.path)
    else options.files.push({ path: reader.path, lastSeq })
    // The names need no sync here: the next frame begins a new file, and is not acknowledged before its name is synced.
    if (damage !== undefined) return
  }
}

async function logNames(disk: Disk, directory: string): Promise<string[]> {
  const entries = await disk.readdir(directory)
  return entries
    .map(entry => entry.name)
    .filter(name => /^\d{16}\.log$/.test(name))
    .sort()
}

/** Puts a durable copy of the first `bytes` in the place of the file, in one step. */
async function renew(disk: Disk, path: string, bytes: number): Promise<void> {
  const copy = `${path}~`
  await disk.unlink(copy).catch(() => {}) // there is one only after a crash in the lines below
  const from = await disk.open(path, 'r')
  try {
    const to = await disk.open(copy, 'wx')
    try {
      for (let at = 0; at < bytes; at += copyBytes) {
        const piece = new Uint8Array(Math.min(copyBytes, bytes - at))
        await disk.write(to, [piece.subarray(0, await disk.read(from, piece, at))])
      }
      await disk.fdatasync(to)
    } finally {
      await disk.close(to)
    }
  } finally {
    await disk.close(from)
  }
  await disk.rename(copy, path)
  await disk.syncDirectory(dirname(path))
}

const copyBytes = 1024 * 1024

function checkFirst(path: string, name: string, seq: number): void {
  if (seq !== Number.parseInt(name, 10)) {
    throw new LogError(
      `log: recover ${path}: begins with frame ${seq}; it was renamed or swapped, restore its name`,
    )
  }
}

function checkOrder(found: { path: string; at: number; seq: number; lastSeq: number; after: number }): void {
  const { path, at, seq, lastSeq, after } = found
  // Missing frames that are in published segments were released, or their file outlived its unlink.
  if (seq === lastSeq + 1 || (seq > lastSeq && seq <= after + 1)) return
  const missing =
    seq > lastSeq ? `frames ${Math.max(lastSeq, after) + 1} to ${seq - 1} are missing` : 'it is out of order'
  throw new LogError(
    `log: recover ${path}: at byte ${at} stands frame ${seq}, but ${missing}; restore the missing .log files, or move ` +
      'this file and all later ones away to start without what they hold',
  )
}

async function refuseFramesBehind(
  reader: LogReader,
  damage: { at: number; reason: string; searchFrom: number },
  lastSeq: number,
): Promise<void> {
  const good = await reader.findFrame(damage.searchFrom, lastSeq)
  if (good !== undefined) throw corrupt({ bad: reader.path, ...damage, good: `at byte ${good}` })
}

async function refuseFramesIn(
  disk: Disk,
  path: string,
  damage: { bad: string; at: number; reason: string; lastSeq: number },
): Promise<void> {
  const reader = await LogReader.open(disk, path)
  try {
    const good = await reader.findFrame(0, damage.lastSeq)
    if (good !== undefined) throw corrupt({ ...damage, good: `in ${path} at byte ${good}` })
  } finally {
    await reader.close()
  }
}

function corrupt({
  bad,
  at,
  reason,
  good,
}: {
  bad: string
  at: number
  reason: string
  good: string
}): LogError {
  return new LogError(
    `log: recover ${bad}: the frame at byte ${at} is bad (${reason}), yet a sound one follows ${good}; acknowledged ` +
      `events may be lost. Restore the file from a copy, or cut it to ${at} bytes and move the later .log files away to ` +
      'go on without what follows',
  )
}
