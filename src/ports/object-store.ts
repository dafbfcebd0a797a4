// Immutable objects under keys. A key is written once and never changed; replacing means writing another key.
// Keys are '/'-separated names of [A-Za-z0-9._=-]; no name is empty, '.' or '..'.

export interface ObjectInfo {
  key: string
  bytes: number
}

export interface ObjectStore {
  /**
   * Writes the whole object or nothing, durable when it resolves. Chunks that come one by one are written as they come,
   * to their end even when the key is taken; an error of their source comes out as it is, and nothing is written.
   * @returns 'exists' (and leaves the old bytes) when the key is taken: the atomic step of a publish
   */
  put(key: string, chunks: readonly Uint8Array[] | AsyncIterable<Uint8Array>): Promise<'written' | 'exists'>
  /** @returns the bytes, or undefined when there is no such key */
  get(key: string): Promise<Uint8Array | undefined>
  /** Bytes [start, end) of an object; shorter only when the object ends before. @throws StoreError when there is no such key */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>
  /** All objects whose key begins with `prefix`, by key in byte order. */
  list(prefix: string): AsyncIterable<ObjectInfo>
  /** Removes what is there; a missing key is no error. */
  delete(keys: readonly string[]): Promise<void>
  /** Used share of the medium, 0..1; undefined where there is no such bound. */
  usedRatio(): Promise<number | undefined>
}

/** The world's fault: which store, what was asked of it, on which key, and why not. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly operation: string
  readonly key: string
  constructor(
    store: string,
    operation: string,
    key: string,
    options: { reason?: string; cause?: unknown } = {},
  ) {
    const reason =
      options.reason ??
      (options.cause instanceof Error ? options.cause.message : String(options.cause ?? 'failed'))
    super(`${store}: ${operation} ${key}: ${reason}`, { cause: options.cause })
    this.operation = operation
    this.key = key
  }
}
