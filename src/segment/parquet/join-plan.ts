// A file to be, made of stretches of other files and of bytes of its own. It is planned whole before anything is
// copied, and read piece by piece: never more than one stretch is in memory.

import { BlockSink, type Sink } from './sink.ts'

/** A file that is read by ranges: [start, end), whole or an error. */
export interface RangeFile {
  byteLength: number
  slice(start: number, end: number): Promise<ArrayBuffer>
}

/** What is copied at once. */
export const copyBytesMax = 4 * 1024 * 1024

interface Stretch {
  file: RangeFile
  start: number
  end: number
}

export class JoinPlan implements Sink {
  length = 0
  private readonly pieces: (Stretch | BlockSink)[] = []

  append(bytes: Uint8Array): void {
    let last = this.pieces.at(-1)
    if (!(last instanceof BlockSink)) this.pieces.push((last = new BlockSink()))
    last.append(bytes)
    this.length += bytes.length
  }

  /** Bytes [start, end) of a file; stretches that touch are read as one. */
  copy(file: RangeFile, start: number, end: number): void {
    const last = this.pieces.at(-1)
    if (last !== undefined && !(last instanceof BlockSink) && last.file === file && last.end === start)
      last.end = end
    else this.pieces.push({ file, start, end })
    this.length += end - start
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (const piece of this.pieces) {
      if (piece instanceof BlockSink) yield* piece.blocks()
      else yield* readStretch(piece)
    }
  }
}

async function* readStretch({ file, start, end }: Stretch): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += copyBytesMax) {
    yield new Uint8Array(await file.slice(at, Math.min(end, at + copyBytesMax)))
  }
}
