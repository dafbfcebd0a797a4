// What no well-behaved client sends: bytes on a socket, as slowly or as wrongly as one likes.

import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  /** 0 when the other side closed without a word */
  status: number
  text: string
  seconds: number
}

/** Sends bytes and reads until the other side closes. The request should say `connection: close`. */
export function exchange(port: number, bytes: Uint8Array | string, secondsMax = 20): Promise<RawAnswer> {
  const startedMs = Date.now()
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const timer = setTimeout(
      () => socket.destroy(new Error(`still open after ${secondsMax} s`)),
      secondsMax * 1000,
    )
    let text = ''
    let failure: Error | undefined
    socket.on('data', piece => {
      text += piece
    })
    socket.on('error', error => {
      failure = error
    })
    socket.on('close', () => {
      clearTimeout(timer)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
      // A peer that refuses what it doesn't read to the end resets; what it said before counts.
      if (failure && status === 0 && (failure as NodeJS.ErrnoException).code !== 'ECONNRESET') reject(failure)
      else resolve({ status, text, seconds: (Date.now() - startedMs) / 1000 })
    })
  })
}

/** A connection that says nothing. */
export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}

/** A request as text, its lines ended as HTTP wants them. */
export function request(line: string, headers: Record<string, string | number> = {}, body = ''): string {
  const all = { host: '127.0.0.1', connection: 'close', ...headers }
  return [
    `${line} HTTP/1.1`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n')
}
