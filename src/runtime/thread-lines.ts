// The lines of a thread: to the main thread, and to those that it was joined with.
//
// What arrives is heard as an event of the web. Deno's `on('message')` walks through every byte of a message first, 55 ms
// a megabyte, which is more than all else that is done with it.

import { type MessagePort, parentPort } from 'node:worker_threads'
import type { Port } from '../adapters/rpc.ts'
import { assert } from '../base/assert.ts'

assert(parentPort, 'this file is part of a thread')
const toMain: MainPort = parentPort

export const main: Port = lineOver(toMain)

/** The line of that name, once it has been joined. */
export function lineTo(name: string): Promise<Port> {
  return new Promise(resolve => {
    const deafen = hear(toMain, message => {
      const { line, port } = message as { line?: string; port?: MessagePort }
      if (line !== name) return
      deafen()
      resolve(lineOver(port!))
    })
  })
}

/** In Deno the port to the main thread is open from the start, and has no `start`. */
type MainPort = Omit<MessagePort, 'start'> & { start?(): void }

function lineOver(port: MainPort): Port {
  return {
    postMessage: (message, transfer = []) => port.postMessage(message, transfer),
    on: (_message, listener) => hear(port, listener),
  }
}

/** @returns what ends it */
function hear(port: MainPort, listener: (message: unknown) => void): () => void {
  const heard = (event: Event) => listener((event as MessageEvent).data)
  port.addEventListener('message', heard)
  port.start?.()
  return () => port.removeEventListener('message', heard)
}
