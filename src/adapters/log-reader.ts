// Reads one log file frame by frame. Memory is bounded by the largest frame plus one window: a file is never loaded.

import type { Frame } from '../ports/log.ts'
import type { Disk } from './disk.ts'
import { decodeFrame, decodeHead, type FrameHead, frameMagic, headBytes } from './log-frame.ts'

/** A sound frame and where it ends, or the place from which the file can't be believed. */
export type FrameRead =
  | { kind: 'frame'; frame: Frame; end: number }
  | { kind: 'end' }
  | {
      kind: 'damage'
      /** first byte of the bad frame */
      at: number
      reason: string
      /** where another frame could begin at the earliest */
      searchFrom: number
    }

export class LogReader {
  readonly path: string
  readonly bytes: number
  readonly #disk: Disk
  readonly #fd: number
  #window = new Uint8Array(0)
  #windowStart = 0

  static async open(disk: Disk, path: string): Promise<LogReader> {
    const fd = await disk.open(path, 'r')
    return new LogReader({ disk, path, fd, bytes: await disk.fileBytes(fd) })
  }

  private constructor(file: { disk: Disk; path: string; fd: number; bytes: number }) {
    this.#disk = file.disk
    this.#fd = file.fd
    this.path = file.path
    this.bytes = file.bytes
  }

  async frameAt(at: number): Promise<FrameRead> {
    if (at === this.bytes) return { kind: 'end' }
    const head = decodeHead(await this.#slice(at, headBytes))
    if (head === undefined) return { kind: 'damage', at, reason: 'its head is not whole', searchFrom: at + 1 }
    const end = at + head.frameBytes
    // A sound head tells its length, so whatever looks like a frame before `end` is a producer's body.
    if (end > this.bytes)
      return { kind: 'damage', at, reason: 'the file ends within it', searchFrom: this.bytes }
    const frame = await this.#frame(at, head)
    if (frame === undefined) return { kind: 'damage', at, reason: 'its checksum differs', searchFrom: end }
    return { kind: 'frame', frame, end }
  }

  /** @returns the offset of the first sound frame from `from` on with a seq above `seqAbove` */
  async findFrame(from: number, seqAbove: number): Promise<number | undefined> {
    let candidateCount = 0
    for (let at = from; at + headBytes <= this.bytes; at++) {
      const found = await this.#findMagic(at)
      if (found === undefined) return undefined
      at = found
      const head = decodeHead(await this.#slice(at, headBytes))
      if (head === undefined || head.seq <= seqAbove || at + head.frameBytes > this.bytes) continue
      // Past the bound it is no chance find, and stopping is the safe answer.
      if (++candidateCount > candidatesMax) return at
      if ((await this.#frame(at, head)) !== undefined) return at
    }
    return undefined
  }

  close(): Promise<void> {
    return this.#disk.close(this.#fd)
  }

  async #frame(at: number, head: FrameHead): Promise<Frame | undefined> {
    const header = await this.#slice(at + headBytes, head.headerBytes)
    return decodeFrame(head, header, await this.#slice(at + headBytes + head.headerBytes, head.bodyBytes))
  }

  /** Bytes of their own (a body travels to another thread), fewer at the end of the file. */
  async #slice(start: number, byteCount: number): Promise<Uint8Array> {
    if (byteCount > windowBytes) {
      const bytes = new Uint8Array(Math.min(byteCount, this.bytes - start))
      return bytes.subarray(0, await this.#disk.read(this.#fd, bytes, start))
    }
    await this.#load(start, byteCount)
    return this.#window.slice(start - this.#windowStart, start - this.#windowStart + byteCount)
  }

  async #load(start: number, byteCount: number): Promise<void> {
    const end = Math.min(start + byteCount, this.bytes)
    if (start >= this.#windowStart && end <= this.#windowStart + this.#window.length) return
    const bytes = new Uint8Array(Math.min(windowBytes, this.bytes - start))
    this.#window = bytes.subarray(0, await this.#disk.read(this.#fd, bytes, start))
    this.#windowStart = start
  }

  async #findMagic(from: number): Promise<number | undefined> {
    let at = from
    while (at + headBytes <= this.bytes) {
      await this.#load(at, headBytes)
      const found = magicIn(this.#window, at - this.#windowStart)
      if (found !== undefined) return this.#windowStart + found
      // The last three bytes of a window may begin a magic that the next one ends.
      at = this.#windowStart + this.#window.length - 3
    }
    return undefined
  }
}

function magicIn(bytes: Uint8Array, from: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = bytes.indexOf(magicFirst, from); at >= 0 && at + 4 <= bytes.length; ) {
    if (view.getUint32(at, true) === frameMagic) return at
    at = bytes.indexOf(magicFirst, at + 1)
  }
  return undefined
}

const windowBytes = 1024 * 1024
const candidatesMax = 1000
const magicFirst = frameMagic & 255
