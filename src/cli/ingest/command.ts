// `alluvium ingest`: files of any size to a running service.

import { clientFlags, serverOf } from '../client.ts'
import { type Command, exitCodes, type Input, UsageError } from '../command.ts'
import { harmless, styleOf } from '../terminal.ts'
import { ingestFile } from './ingest-file.ts'
import { openSource } from './source.ts'
import { summaryLines } from './summary.ts'

export const ingest: Command = {
  name: 'ingest',
  summary: 'send files of events to a running service',
  operands: 'FILE…',
  about: [
    'A FILE holds NDJSON, JSON (an array, or values one after another) or Parquet, of any size, plain or compressed by gzip, Brotli or (from Node 22.15 on) zstd. `-` reads standard input.',
    '',
    "A run that was cut short goes on where it stopped when the same command is given again. Events without an id get one from the file's hash and their row, so sending a file twice stores nothing twice; what comes through standard input has no hash and is told apart only by ids of its own.",
    '',
    'The exit code is 1 only when something could not be delivered. Events that the service has quarantined are delivered: GET /v1/quarantine lists them.',
  ].join('\n'),
  flags: {
    ...clientFlags,
    stream: { kind: 'text', value: 'NAME', text: 'stream to put the events into (default events)' },
    source: { kind: 'text', value: 'NAME', text: 'source of events that name none' },
    pack: { kind: 'text', value: 'NAME', text: 'domain pack to read the events by' },
    format: {
      kind: 'text',
      value: 'FORMAT',
      text: 'ndjson, json or parquet (default: seen from the content)',
    },
    'id-field': {
      kind: 'text',
      value: 'PATH',
      text: "dotted path of the event id, where it isn't found by its usual names",
    },
    'time-field': { kind: 'text', value: 'PATH', text: 'dotted path of the event time' },
    'type-field': { kind: 'text', value: 'PATH', text: 'dotted path of the event type' },
    'entity-field': { kind: 'text', value: 'PATH', text: 'dotted path of whom or what the event is about' },
    'source-field': { kind: 'text', value: 'PATH', text: 'dotted path of the source' },
    'schema-version-field': { kind: 'text', value: 'PATH', text: 'dotted path of the schema version' },
    reopen: { kind: 'switch', text: 'let events back into slices that were evicted' },
    restart: { kind: 'switch', text: 'send all of it, also where an earlier run was cut short' },
  },
  examples: [
    { line: 'alluvium ingest events.ndjson', text: 'to the service on this machine' },
    {
      line: 'alluvium ingest --stream clicks --source web 2026-03-*.ndjson.gz',
      text: 'many files, into a stream of their own',
    },
    {
      line: 'alluvium ingest --id-field meta.uid --time-field meta.at flights.parquet',
      text: 'fields with unusual names',
    },
    {
      line: 'ALLUVIUM_KEY=alv_… alluvium ingest --url https://alluvium.example events.ndjson',
      text: 'elsewhere, with a key',
    },
    { line: 'zstd -dc events.ndjson.zst | alluvium ingest -', text: 'what another program writes' },
  ],
  async run(input, io) {
    if (input.operands.length === 0) throw new UsageError('no file to ingest')
    const server = serverOf(input, io)
    const query = queryOf(input)
    // All files are looked at before the first is sent: a misspelt name is told at once.
    const sources = await Promise.all(
      input.operands.map(path => openSource(path, io.stdin, input.texts.format)),
    )
    let whole = true
    for (const source of sources) {
      const done = await ingestFile({ source, server, query, restart: input.switches.has('restart') }, io)
      const style = styleOf(io.stdout, io.env)
      const lines = summaryLines(done, style).map(line => `  ${line}\n`)
      io.stdout.write(`${style.bold(harmless(source.name))}\n${lines.join('')}`)
      whole &&= done.undelivered === 0
    }
    return whole ? exitCodes.ok : exitCodes.failed
  },
}

function queryOf({ texts, switches }: Input): Record<string, string | undefined> {
  return {
    stream: texts.stream,
    source: texts.source,
    pack: texts.pack,
    id_field: texts['id-field'],
    time_field: texts['time-field'],
    type_field: texts['type-field'],
    entity_field: texts['entity-field'],
    source_field: texts['source-field'],
    schema_version_field: texts['schema-version-field'],
    reopen: switches.has('reopen') ? 'true' : undefined,
  }
}
