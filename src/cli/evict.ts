// `alluvium evict`: drops segments of a running service, now.

import { call, clientFlags, pathOf, serverOf } from './client.ts'
import { type Command, exitCodes, UsageError } from './command.ts'

export const evict: Command = {
  name: 'evict',
  summary: 'drop segments of a running service, with all that is in them',
  operands: 'SEGMENT…',
  about:
    "A SEGMENT is named as `alluvium segments` lists it. Its events are gone with the next question; this can't be undone.",
  flags: clientFlags,
  examples: [{ line: 'alluvium evict default/events/2026-03-01/0', text: 'one day of the stream "events"' }],
  async run(input, io) {
    if (input.operands.length === 0)
      throw new UsageError('no segment to evict; `alluvium segments` lists them')
    const server = serverOf(input, io)
    for (const id of input.operands) {
      await call(server, { method: 'DELETE', path: `/v1/segments${pathOf(id)}` })
      io.stdout.write(`evicted ${id}\n`)
    }
    return exitCodes.ok
  },
}
