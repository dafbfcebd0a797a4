// `alluvium segments`: what a running service holds, a line to a segment.

import { z } from 'zod'
import { call, clientFlags, type Server, serverOf } from './client.ts'
import { type Command, exitCodes, Failure } from './command.ts'
import { bytesText, countText, timeText } from './figures.ts'
import { operandsExactly } from './parse.ts'
import { columns, type Style, styleOf } from './terminal.ts'

/** The part of a segment that is shown; --json shows all. */
const segmentsSchema = z.object({
  segments: z.array(
    z.object({
      segment_id: z.string(),
      event_count: z.number(),
      refusal_count: z.number(),
      raw_bytes: z.number(),
      from: z.iso.datetime(),
      until: z.iso.datetime(),
      expires_at: z.iso.datetime(),
    }),
  ),
})
export type SegmentLine = z.infer<typeof segmentsSchema>['segments'][number]

export const segments: Command = {
  name: 'segments',
  summary: 'list the segments of a running service',
  about: 'A segment is all of one time slice of one stream, and the unit of eviction.',
  flags: { ...clientFlags, json: { kind: 'switch', text: 'the answer as it came' } },
  examples: [
    { line: 'alluvium segments', text: 'as a table' },
    { line: 'alluvium segments --json', text: 'for another program' },
  ],
  async run(input, io) {
    operandsExactly(input, [])
    const server = serverOf(input, io)
    if (input.switches.has('json')) {
      io.stdout.write(`${(await call(server, { path: '/v1/segments' })).text}\n`)
      return exitCodes.ok
    }
    const found = await segmentsOf(server)
    const style = styleOf(io.stdout, io.env)
    io.stdout.write(found.length === 0 ? 'no segments yet\n' : `${segmentTable(found, style).join('\n')}\n`)
    return exitCodes.ok
  },
}

/** @throws Failure when the answer isn't a list of segments */
export async function segmentsOf(server: Server): Promise<SegmentLine[]> {
  const { text } = await call(server, { path: '/v1/segments' })
  try {
    return segmentsSchema.parse(JSON.parse(text)).segments
  } catch (cause) {
    throw new Failure(`${server.url} answered something that is no list of segments: is it Alluvium?`, {
      cause,
    })
  }
}

export function segmentTable(found: readonly SegmentLine[], style: Style): string[] {
  const head = ['segment', 'events', 'refused', 'bytes', 'from', 'expires'].map(style.dim)
  const rows = found.map(segment => [
    style.cyan(segment.segment_id),
    countText(segment.event_count),
    countText(segment.refusal_count),
    bytesText(segment.raw_bytes),
    timeText(Date.parse(segment.from)),
    timeText(Date.parse(segment.expires_at)),
  ])
  return columns([head, ...rows], [1, 2, 3])
}
