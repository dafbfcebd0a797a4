// Calls between threads: each side of a port serves an object and sees the other's. Messages keep their order, and a
// call's reply comes after everything that was sent before it.

import { Refused } from '../contract/refused.ts'

/** What MessagePort, Worker and parentPort have in common. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

type Message =
  | { kind: 'call'; id: number; method: string; args: unknown[] }
  | { kind: 'tell'; method: string; args: unknown[] }
  | { kind: 'reply'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: SentError }

interface SentError {
  name: string
  message: string
  stack: string | undefined
  refused:
    | { code: Refused['code']; retryAfterSeconds: number | undefined; errors: Refused['errors'] }
    | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: any method may be called; what it takes and gives is the interface's to say
type Methods = Record<string, (...args: any[]) => unknown>

export interface Peer {
  /** Calls a method of the other side. @throws what it throws, Refused as Refused */
  call(method: string, args: unknown[], transfer?: readonly ArrayBuffer[]): Promise<unknown>
  /** Calls without an answer. */
  tell(method: string, args: unknown[]): void
}

export function connect(port: Port, served: object): Peer {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  port.on('message', message => receive(message as Message))
  return {
    call: (method, args, transfer = []) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        port.postMessage({ kind: 'call', id, method, args }, transfer)
      }),
    tell: (method, args) => port.postMessage({ kind: 'tell', method, args }),
  }

  function receive(message: Message): void {
    if (message.kind === 'tell') (served as Methods)[message.method]!(...message.args)
    else if (message.kind === 'call') void answer(message)
    else settle(message)
  }

  async function answer({ id, method, args }: Extract<Message, { kind: 'call' }>): Promise<void> {
    try {
      port.postMessage({ kind: 'reply', id, value: await (served as Methods)[method]!(...args) })
    } catch (error) {
      port.postMessage({ kind: 'error', id, error: sendable(error) })
    }
  }

  function settle(message: Extract<Message, { kind: 'reply' | 'error' }>): void {
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.kind === 'reply') call?.resolve(message.value)
    else call?.reject(received(message.error))
  }
}

/** An object whose methods are calls to the other side; the names in `tells` go without an answer. */
export function remote<Face extends object>(peer: Peer, tells: readonly string[] = []): Face {
  return new Proxy({} as Face, {
    get: (_target, method) => {
      if (typeof method !== 'string' || method === 'then') return undefined
      return tells.includes(method)
        ? (...args: unknown[]) => peer.tell(method, args)
        : (...args: unknown[]) => peer.call(method, args)
    },
  })
}

function sendable(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const refused =
    error instanceof Refused
      ? { code: error.code, retryAfterSeconds: error.retryAfterSeconds, errors: error.errors }
      : undefined
  return { name, message, stack, refused }
}

function received({ name, message, stack, refused }: SentError): Error {
  if (refused) {
    const { code, retryAfterSeconds, errors } = refused
    return new Refused(code, message, {
      errors,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    })
  }
  return Object.assign(new Error(message), { name, stack })
}
