// `alluvium pack`: checks a pack before it is installed, and shows what it would make of a sample; lists the packs of a
// running service, and writes one out to be edited.

import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { defaultLimits } from '../../contract/limits.ts'
import { Scanner } from '../../engine/tape/scan.ts'
import { parsePack } from '../../pack/parse.ts'
import { compileEngine } from '../../runtime/wasm-node.ts'
import { call, clientFlags, pathOf, serverOf } from '../client.ts'
import { type Command, exitCodes, Failure, type Input, type Io, UsageError } from '../command.ts'
import { columns, styleOf } from '../terminal.ts'
import { faultLines, sampleLines } from './report.ts'
import { type SampleReport, trySample } from './sample.ts'

/** A sample is held in memory as a whole. */
const sampleBytesMax = 256 * 1024 * 1024

export const pack: Command = {
  name: 'pack',
  summary: 'check a domain file, list those of a service, write one out',
  operands: 'check FILE [SAMPLE] | list | export NAME',
  about:
    'A pack says what events of a kind mention and what they say. `check` points at the lines that are wrong; with a SAMPLE of events (NDJSON or JSON, also gzipped) it shows which nodes, edges and texts it would find in them. It asks no service.',
  flags: { ...clientFlags, json: { kind: 'switch', text: 'the answer for another program' } },
  examples: [
    {
      line: 'alluvium pack check shop.yaml orders.ndjson',
      text: 'is it right, and does it find what it should?',
    },
    { line: 'alluvium pack export gaming > mine.yaml', text: 'begin with one that there is' },
    { line: 'alluvium pack list', text: 'what a running service has' },
  ],
  async run(input, io) {
    const [action, ...rest] = input.operands
    if (action === 'check' && (rest.length === 1 || rest.length === 2)) return check(input, io, rest)
    if (action === 'list' && rest.length === 0) return list(input, io)
    if (action === 'export' && rest.length === 1) return exportPack(input, io, rest[0]!)
    throw new UsageError('expected check FILE [SAMPLE], list, or export NAME')
  },
}

async function check(input: Input, io: Io, [file, sample]: readonly string[]): Promise<number> {
  const style = styleOf(io.stdout, io.env)
  const asJson = input.switches.has('json')
  const source = (await read(file!)).toString('utf8')
  const parsed = parsePack(source)
  if ('faults' in parsed) {
    const { faults } = parsed
    const lines = asJson ? [JSON.stringify({ ok: false, faults })] : faultLines(file!, source, faults, style)
    io.stdout.write(`${lines.join('\n')}\n`)
    return exitCodes.failed
  }
  const version = parsed.pack.version ?? 1
  const found = sample === undefined ? undefined : await tryOn({ ...parsed.pack, version }, sample)
  if (asJson) io.stdout.write(`${JSON.stringify({ ok: true, pack: parsed.pack.pack, ...found })}\n`)
  else
    io.stdout.write(
      `${[`${file}: ${style.green('a sound pack')}`, ...(found ? sampleLines(found, style) : [])].join('\n')}\n`,
    )
  return exitCodes.ok
}

async function tryOn(pack: Parameters<typeof trySample>[0], sample: string): Promise<SampleReport> {
  const body = await readSample(sample)
  const scanner = new Scanner(compileEngine(), {
    eventBytesMax: defaultLimits.event_bytes_max,
    eventDepthMax: defaultLimits.event_depth_max,
  })
  const isJson = /\.json(\.gz)?$/.test(sample)
  return trySample(pack, { body, format: isJson ? 'json' : 'ndjson', scanner })
}

async function readSample(path: string): Promise<Uint8Array> {
  const bytes = await read(path)
  if (bytes.length > sampleBytesMax)
    throw new Failure(`${path} is larger than ${sampleBytesMax} bytes; a part of it will do`)
  if (!path.endsWith('.gz')) return bytes
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: sampleBytesMax })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(`${path} can't be decompressed: ${reason}`, { cause })
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(`${path} can't be read: ${reason}`, { cause })
  }
}

const packsSchema = z.object({
  packs: z.array(
    z.object({
      name: z.string(),
      version: z.number(),
      origin: z.string(),
      entities: z.array(z.string()),
      description: z.string(),
    }),
  ),
})

async function list(input: Input, io: Io): Promise<number> {
  const server = serverOf(input, io)
  const { text } = await call(server, { path: '/v1/catalog/packs' })
  if (input.switches.has('json')) {
    io.stdout.write(`${text}\n`)
    return exitCodes.ok
  }
  const style = styleOf(io.stdout, io.env)
  const { packs } = packsSchema.parse(JSON.parse(text))
  const head = ['pack', 'version', 'from', 'nodes'].map(style.dim)
  const rows = packs.map(({ name, version, origin, entities }) => [
    style.cyan(name),
    String(version),
    origin,
    entities.join(', '),
  ])
  io.stdout.write(`${columns([head, ...rows], [1]).join('\n')}\n`)
  return exitCodes.ok
}

async function exportPack(input: Input, io: Io, name: string): Promise<number> {
  const accept = input.switches.has('json') ? 'application/json' : 'application/yaml'
  const path = `/v1/catalog/packs${pathOf(name)}`
  const { text } = await call(serverOf(input, io), { path, headers: { accept } })
  io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return exitCodes.ok
}
