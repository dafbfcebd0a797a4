// What a Worker asks of Durable Objects: shapes that Cloudflare's own types fit.

interface StoreStub {
  fetch(request: Request): Promise<Response>
}

export interface StoreNamespace {
  idFromName(name: string): object
  get(id: object): StoreStub
}

export interface ObjectState {
  storage: {
    getAlarm(): Promise<number | null>
    /** Calls `alarm` at that time, in ms since 1970, even if the object has been evicted meanwhile. One at a time. */
    setAlarm(timeMs: number): Promise<void>
  }
  /** Holds back every call until it resolves, for at most 30 s. */
  blockConcurrencyWhile<Value>(callback: () => Promise<Value>): Promise<Value>
  /** Ends the object with all that is under way in it; the next call makes a new one. */
  abort(reason: string): void
}
