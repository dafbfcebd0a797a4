// Where questions are asked and answers told: the running service on one side, a terminal on the other.

import { call, type Server } from '../client.ts'
import type { Io } from '../command.ts'
import { harmless, type Style, styleOf } from '../terminal.ts'

export interface Stage {
  server: Server
  io: Io
  /** says a question, and the request that asks it */
  ask(question: string, request: string): void
  tell(lines: readonly string[]): void
  style: Style
}

export function stageOn(server: Server, io: Io): Stage {
  const style = styleOf(io.stdout, io.env)
  return {
    server,
    io,
    style,
    ask: (question, request) => io.stdout.write(`\n${style.bold(question)}  ${style.dim(request)}\n`),
    tell: lines => io.stdout.write(lines.map(line => `${`  ${line}`.trimEnd()}\n`).join('')),
  }
}

/** GET, or POST where there is a body. The routes' schemas vouch for the shape. */
export async function json<T>(
  { server }: Pick<Stage, 'server'>,
  path: string,
  query: Record<string, string> = {},
  body?: unknown,
): Promise<T> {
  const sent =
    body === undefined
      ? {}
      : {
          method: 'POST' as const,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(body)),
        }
  return JSON.parse((await call(server, { path, query, ...sent })).text)
}

export function shortened(text: string, length: number): string {
  const plain = harmless(text)
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain
}
