// The write-ahead log: what was acknowledged but is not yet in a published segment.
//
// A frame is durable when its promise resolves, and only then may anyone be told so. Frames come back in the order in
// which they were appended. A failed sync is final: the log refuses everything after it, and the process must stop,
// since the kernel may have dropped the pages and a second sync would lie (Rebello et al. 2020).

export const frameKinds = ['batch', 'repair', 'seal', 'evict'] as const
export type FrameKind = (typeof frameKinds)[number]

export interface Frame {
  /** 1, 2, 3 … without gaps */
  seq: number
  kind: FrameKind
  /** JSON object; every clock and load decision that shapes a segment is in it */
  header: Record<string, unknown>
  body: Uint8Array
}

export interface Appended {
  seq: number
  /** Resolves when the frame would survive a crash; rejects with a LogError, after which the log is dead. */
  durable: Promise<void>
}

export interface Log {
  /**
   * The frames that survived, with seq > `after`, in order. To be read to its end before the first append.
   * A torn tail is cut off; a bad frame with a good one behind it throws a LogError that says where.
   */
  recover(after: number): AsyncIterable<Frame>
  /** Takes the frame before it returns: the caller may hand on or change `body` at once. Seqs rise in call order. */
  append(kind: FrameKind, header: Record<string, unknown>, body: Uint8Array): Appended
  /** Frames with seq ≤ `through` are in published segments and may be forgotten. */
  release(through: number): Promise<void>
  /** Bytes of frames appended and not released. */
  readonly heldBytes: number
  /** Sync and let go. Further appends throw. */
  close(): Promise<void>
}

export class LogError extends Error {
  override name = 'LogError'
}
