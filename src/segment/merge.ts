// Neighbouring parts of one role as one part, with the same rows in the same order, so that no reader sees a difference.
// The inputs are verified as they are read and the output is written as it comes, so memory is bounded however large they
// are. The name is made of the inputs' names: done again after a crash, it is the same part, to the byte.

import { assert } from '../base/assert.ts'
import { toUtf8 } from '../base/bytes.ts'
import { crc32c } from '../base/crc32c.ts'
import { formatVersion, type Part } from '../contract/segment.ts'
import type { Codec } from '../ports/codec.ts'
import { type ObjectStore, StoreError } from '../ports/object-store.ts'
import { BlockCache, BlockChecksums, type CheckedFile, CorruptPart, openChecked } from './checked.ts'
import { mergeGraphs } from './graph/merge-graph.ts'
import { mergeIds } from './ids-merge.ts'
import type { Joined, MergePlan } from './joined.ts'
import { joinRuns } from './merge-runs.ts'
import { concatParquet } from './parquet/concat.ts'
import { openInput } from './parquet/join-input.ts'
import { rewriteParquet } from './parquet/rewrite.ts'
import { isFragmented } from './parquet/rewrite-plan.ts'
import { widenColumns } from './parquet/widen-columns.ts'
import { digits, suffixes } from './part.ts'

export interface MergeTools {
  store: ObjectStore
  codec: Codec
  /** makes the graphs of vectors */
  engineModule: WebAssembly.Module
}

/** To be raised with every change to the bytes that a merge makes of its inputs. */
const mergeVersion = 1

/** Good blocks of the inputs that are kept: columns of small files share them. */
const cacheBytesMax = 8 * 1024 * 1024

/**
 * Resolves when the merged part is durable; the inputs are left alone.
 * @throws CorruptPart when an input is not what was written; then nothing is
 */
export async function mergeParts(plan: MergePlan, tools: MergeTools): Promise<Part[]> {
  assertNeighbours(plan)
  const merged: Part[] = []
  for (const joined of await join(plan, tools)) merged.push(await write(plan.segmentId, joined, tools.store))
  return merged
}

async function join(plan: MergePlan, { store, codec, engineModule }: MergeTools): Promise<Joined[]> {
  const { role, parts } = plan
  const cache = new BlockCache(cacheBytesMax)
  const open = (part: Part) => openChecked(store, part, cache)
  const inputs = parts.map(part => ({ part, file: open(part) }))
  switch (role) {
    case 'texts':
      return joinRuns(plan, { open, engineModule })
    case 'graph':
      return [{ role, parts, body: mergeGraphs(inputs.map(({ file }) => file)) }]
    case 'ids':
      return [{ role, parts, body: joinIds(inputs) }]
    default:
      return [{ role, parts, body: await joinParquet(inputs, codec) }]
  }
}

async function write(segmentId: string, joined: Joined, store: ObjectStore): Promise<Part> {
  const checksums = new BlockChecksums()
  const key = mergedKey(segmentId, joined)
  const outcome = await store.put(key, summed(joined.body, checksums))
  const merged = describe(joined, { key, bytes: checksums.bytes, crc32c: checksums.encoded() })
  if (outcome === 'exists') await verify(store, merged)
  return merged
}

interface Input {
  part: Part
  file: CheckedFile
}

function joinIds(inputs: readonly Input[]): AsyncIterable<Uint8Array> {
  const files = new Map(inputs.map(({ part, file }) => [part.key, file]))
  return mergeIds(
    [...files.keys()],
    async (key, start, end) => new Uint8Array(await files.get(key)!.slice(start, end)),
  )
}

/** By copying where that gives a good file, else by reading and writing. */
async function joinParquet(inputs: readonly Input[], codec: Codec): Promise<AsyncIterable<Uint8Array>> {
  const sources = []
  for (const { part, file } of inputs) {
    const { columns, rowGroups } = (await openInput(file)).footer
    const rowCount = rowGroups.reduce((sum, group) => sum + group.rowCount, 0)
    assert(rowCount === part.rows, 'a part has the rows that its manifest says')
    const rawBytesOf = (rows: number) => (part.raw_bytes * rows) / part.rows
    const sizes = rowGroups.map(({ rowCount }) => ({ rowCount, rawBytes: rawBytesOf(rowCount) }))
    sources.push({ file, columns, rowGroups: sizes })
  }
  const columns = widenColumns(sources.map(({ columns }) => columns))
  if (!isFragmented(sources.map(({ rowGroups }) => rowGroups))) {
    const files = sources.map(({ file }) => file)
    const joined = await concatParquet({ inputs: files, order: columns.map(({ name }) => name) })
    if (joined.outcome === 'joined') return joined.chunks()
  }
  return rewriteParquet({ inputs: sources, columns, codec })
}

async function* summed(
  body: AsyncIterable<Uint8Array>,
  checksums: BlockChecksums,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    checksums.add(chunk)
    yield chunk
  }
}

function assertNeighbours({ role, parts }: MergePlan): void {
  assert(parts.length > 1, 'a merge has several inputs')
  for (const [index, part] of parts.entries()) {
    assert(part.role === role, 'a merge is of one role')
    const before = parts[index - 1]
    if (!before) continue
    assert(before.seq_last < part.seq_first, 'parts merge in log order')
    assert(role === 'refusals' || before.doc_last + 1 === part.doc_first, 'only neighbours merge')
  }
}

function mergedKey(segmentId: string, { role, parts }: Joined): string {
  const inputs = [`merge ${mergeVersion}`, ...parts.map(({ key }) => key)].join('\n')
  const content = crc32c(toUtf8(inputs)).toString(16).padStart(8, '0')
  const [first, last] = [parts[0]!.seq_first, parts.at(-1)!.seq_last].map(digits)
  return `${segmentId}/${role}-${first}-${last}-m${content}.${suffixes[role]}`
}

function describe({ role, parts, rows }: Joined, file: Pick<Part, 'key' | 'bytes' | 'crc32c'>): Part {
  const sum = (value: (part: Part) => number) => parts.reduce((sum, part) => sum + value(part), 0)
  const least = (value: (part: Part) => number) => Math.min(...parts.map(value))
  const most = (value: (part: Part) => number) => Math.max(...parts.map(value))
  return {
    role,
    ...file,
    format_version: formatVersion,
    rows: rows ?? sum(part => part.rows),
    doc_first: least(({ doc_first }) => doc_first),
    doc_last: most(({ doc_last }) => doc_last),
    seq_first: least(({ seq_first }) => seq_first),
    seq_last: most(({ seq_last }) => seq_last),
    time_min: least(({ time_min }) => time_min),
    time_max: most(({ time_max }) => time_max),
    raw_bytes: sum(({ raw_bytes }) => raw_bytes),
    inputs: parts.map(({ key }) => key),
    ...(parts[0]!.packs && { packs: [...new Set(parts.flatMap(({ packs }) => packs ?? []))].sort() }),
    ...(parts[0]!.space !== undefined && { space: parts[0]!.space }),
    ...(parts.some(part => part.unread_docs) && { unread_docs: sum(part => part.unread_docs ?? 0) }),
  }
}

const verifiedBytesMax = 4 * 1024 * 1024

/** The part that is there already was written before a crash, and must be what we would have written now. */
async function verify(store: ObjectStore, part: Part): Promise<void> {
  const another = (cause?: unknown) =>
    new StoreError('merge', 'put', part.key, { reason: 'another object has this name', cause })
  const beyond = await store.getRange(part.key, part.bytes, part.bytes + 1)
  if (beyond.length > 0) throw another()
  const file = openChecked(store, part)
  for (let at = 0; at < part.bytes; at += verifiedBytesMax) {
    await file.slice(at, at + verifiedBytesMax).catch(error => {
      throw error instanceof CorruptPart ? another(error) : error
    })
  }
}
