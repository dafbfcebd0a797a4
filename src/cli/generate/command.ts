// `alluvium generate`: a stream of events that is made up from a seed, with what lies in it written beside it.

import { gamingStream } from '../../generate/gaming-stream.ts'
import { plantedTruth } from '../../generate/planted-truth.ts'
import { clientFlags, serverOf } from '../client.ts'
import { type Command, exitCodes, UsageError } from '../command.ts'
import { summaryLines } from '../ingest/summary.ts'
import { operandsExactly } from '../parse.ts'
import { styleOf } from '../terminal.ts'
import { optionsOf, streamFlags } from './options.ts'
import { printBlocks, sendBlocks, writeBlocks } from './outlet.ts'

export const generate: Command = {
  name: 'generate',
  summary: 'make up a stream of events from a seed, and tell what can be found in it',
  operands: 'gaming',
  about: [
    'Members of a gaming site sign in, play, pay, search, talk and meet errors, over days with nights and weekends. The same options make the same bytes. What is planted (communities, behaviours, sequences, anomalies, trends, shared devices) is told by --truth as JSON.',
    '',
    'Without --out and --to the stream goes to standard output.',
  ].join('\n'),
  flags: {
    ...streamFlags,
    out: { kind: 'text', value: 'FILE', text: 'file to write NDJSON to, - for standard output' },
    truth: { kind: 'text', value: 'FILE', text: 'file to write what is true of the stream to, as JSON' },
    to: { kind: 'text', value: 'URL', text: 'service to send the stream to' },
    key: clientFlags.key,
  },
  examples: [
    {
      line: 'alluvium generate gaming --out game.ndjson --truth truth.json',
      text: 'a week of 1,000 members',
    },
    {
      line: 'alluvium generate gaming --members 100000 --days 30 --rate 50 --to http://127.0.0.1:8420',
      text: 'into a running service',
    },
    {
      line: 'alluvium generate gaming --plant none --seed 7 --out noise.ndjson',
      text: 'nothing to be found',
    },
  ],
  async run(input, io) {
    const [what] = operandsExactly(input, ['gaming'])
    if (what !== 'gaming') throw new UsageError(`gaming is what can be made, not "${what}"`)
    const { out, truth, to } = input.texts
    if (out !== undefined && to !== undefined) throw new UsageError('either --out or --to, not both')
    const options = optionsOf(input)
    if (truth !== undefined)
      await writeBlocks(truth, [
        new TextEncoder().encode(`${JSON.stringify(plantedTruth(options), null, 1)}\n`),
      ])
    const blocks = gamingStream(options)
    if (to !== undefined) {
      const server = serverOf({ ...input, texts: { ...input.texts, url: to } }, io)
      const done = await sendBlocks(blocks, { name: 'the stream', server, query: { source: 'generate' } }, io)
      const lines = summaryLines(done, styleOf(io.stdout, io.env))
      io.stdout.write(lines.map(line => `${line}\n`).join(''))
      return done.undelivered === 0 ? exitCodes.ok : exitCodes.failed
    }
    if (out === undefined || out === '-') await printBlocks(io.stdout, blocks)
    else await writeBlocks(out, blocks)
    return exitCodes.ok
  },
}
