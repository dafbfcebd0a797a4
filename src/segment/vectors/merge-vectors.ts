// Neighbouring runs of vectors as one. Rows are copied in the order of the new texts, a piece at a time; a text that several
// runs have keeps the first vector that there is. From `graphRowsMin` rows on the new run has a graph: that of the first run
// grown by what is new, where it has one, and a new one elsewhere.

import { assert } from '../../base/assert.ts'
import { centreOf, centreRows, RowCoder } from '../../engine/vectors/coded-rows.ts'
import { HnswIndex } from '../../engine/vectors/hnsw.ts'
import { type GraphMetric, joinGraph, savedBytesOf } from '../../engine/vectors/hnsw-graph.ts'
import { VectorMemory } from '../../engine/vectors/vector-memory.ts'
import { finish } from '../../engine/work.ts'
import type { CheckedFile } from '../checked.ts'
import { SectionWriter } from '../sections.ts'
import { FilledTexts } from './filled-texts.ts'
import type { Space } from './run.ts'
import { VectorsPart } from './vectors-part.ts'
import { bytesOf, graphSections, headOf, savedShapeIn } from './write-vectors.ts'

/** Below it a walk through a graph saves less than its making costs. */
export const graphRowsMin = 8192

/** What a graph may take while it is made, of the 4 GiB of its instance. */
const graphBytesMax = 3.5 * 2 ** 30

export interface MergeInput {
  file: CheckedFile
  /** u32[texts]: what its texts are called now */
  remap: Uint32Array
}

interface MergeOptions {
  /** texts of the new run */
  textCount: number
  module: WebAssembly.Module
}

/** Rows [from, until) of an input, which follow each other in the new run. */
interface Span {
  input: number
  from: number
  until: number
}

interface Plan {
  filled: FilledTexts
  spans: Span[]
}

/**
 * @returns the part, piece by piece; the same inputs make the same bytes
 * @throws CorruptPart
 */
export async function* mergeVectors(
  inputs: readonly MergeInput[],
  { textCount, module }: MergeOptions,
): AsyncGenerator<Uint8Array> {
  const parts = await Promise.all(inputs.map(({ file }) => VectorsPart.open(file)))
  const space = commonSpace(parts)
  const { filled, spans } = planRows(parts, inputs, textCount)
  const writer = new SectionWriter()
  yield writer.begin()
  yield* writer.section('filled', 'u32', filled.words())
  const index = yield* hasGraph(filled.rowCount, space.dims)
    ? graphed(parts, spans, module, writer)
    : flat(parts, spans, module, writer)
  yield writer.finish({ ...headOf(space, filled, index) })
}

/** Where each row of the new run comes from. */
function planRows(parts: readonly VectorsPart[], inputs: readonly MergeInput[], textCount: number): Plan {
  const none = 0xffffffff
  const inputOf = new Uint32Array(textCount).fill(none)
  const rowOf = new Uint32Array(textCount)
  for (const [input, { remap }] of inputs.entries()) {
    const { filled } = parts[input]!
    assert(remap.length === filled.textCount, 'a new name for each text')
    for (let text = 0, row = 0; text < remap.length; text++) {
      if (filled.rowOf(text) < 0) continue
      const to = remap[text]!
      assert(to < textCount, 'a text of the new run')
      if (inputOf[to] === none) {
        inputOf[to] = input
        rowOf[to] = row
      }
      row++
    }
  }
  const filled = new FilledTexts()
  const spans: Span[] = []
  for (let text = 0; text < textCount; text++) {
    const input = inputOf[text]!
    filled.add(input !== none)
    if (input === none) continue
    const row = rowOf[text]!
    const last = spans.at(-1)
    if (last?.input === input && last.until === row) last.until++
    else spans.push({ input, from: row, until: row + 1 })
  }
  return { filled, spans }
}

async function* flat(
  parts: readonly VectorsPart[],
  spans: readonly Span[],
  module: WebAssembly.Module,
  writer: SectionWriter,
): AsyncGenerator<Uint8Array, undefined> {
  const [{ space }] = parts as [VectorsPart]
  const centre = centreOf(await firstRows(parts, spans), space.dims)
  const memory = new VectorMemory(module, { bytesMax: 0 })
  const coder = new RowCoder(memory, { dim: space.dims, metric: space.metric, centre })
  let vectorBytes = 0
  for await (const rows of rowsOf(parts, spans)) {
    vectorBytes += rows.byteLength
    yield bytesOf(rows)
  }
  yield writer.end('vectors', 'f32', vectorBytes)
  yield* writer.section('centre', 'f32', centre)
  let codeBytes = 0
  // a second time, since codes of all rows may be more than should be in memory
  for await (const rows of rowsOf(parts, spans))
    for (let at = 0; at < rows.length; at += coder.rowsMax * space.dims) {
      const codes = coder.encode(rows.subarray(at, at + coder.rowsMax * space.dims))
      codeBytes += codes.length
      yield codes
    }
  yield writer.end('codes', 'u8', codeBytes)
}

async function* graphed(
  parts: readonly VectorsPart[],
  spans: readonly Span[],
  module: WebAssembly.Module,
  writer: SectionWriter,
): AsyncGenerator<Uint8Array, HnswIndex> {
  const [first] = parts as [VectorsPart]
  const vectors = growsFirst(first, spans) ? await first.rows(0, first.filled.rowCount) : undefined
  const index = vectors ? await loadGraph(first, vectors, module) : newGraph(first.space, module)
  if (vectors) yield bytesOf(vectors)
  let byteCount = vectors?.byteLength ?? 0
  for await (const rows of rowsOf(parts, vectors ? spans.slice(1) : spans)) {
    byteCount += rows.byteLength
    finish(index.insert(rows))
    yield bytesOf(rows)
  }
  yield writer.end('vectors', 'f32', byteCount)
  yield* graphSections(writer, index)
  return index
}

function hasGraph(rowCount: number, dims: number): boolean {
  return rowCount >= graphRowsMin && rowCount * savedBytesOf(dims) <= graphBytesMax
}

/** Whether the first run has a graph of rows that stay what they are. */
function growsFirst({ head, filled }: VectorsPart, [span]: readonly Span[]): boolean {
  return head.graph !== undefined && span?.input === 0 && span.from === 0 && span.until === filled.rowCount
}

function newGraph({ dims, metric }: Space, module: WebAssembly.Module): HnswIndex {
  return new HnswIndex(module, { dim: dims, metric: graphMetric(metric) })
}

/** The graph in memory, beside its vectors, for as long as it grows. */
async function loadGraph(
  part: VectorsPart,
  vectors: Float32Array,
  module: WebAssembly.Module,
): Promise<HnswIndex> {
  const { dims: dim, metric } = part.space
  const [centre, codes, links, upper] = await Promise.all([
    part.graphPart('centre'),
    part.graphPart('codes'),
    part.graphPart('links'),
    part.graphPart('upper'),
  ])
  const parts = { centre, codes, links, upper, vectors }
  const shape = savedShapeIn(part.head.graph!)
  return HnswIndex.load(module, joinGraph({ dim, metric: graphMetric(metric) }, shape, parts))
}

/** Under `cosine` an index would change the last bits of vectors, and under `l2` it compares the same. */
function graphMetric(metric: Space['metric']): GraphMetric {
  return metric === 'dot' ? 'dot' : 'l2'
}

async function firstRows(parts: readonly VectorsPart[], spans: readonly Span[]): Promise<Float32Array> {
  const { dims } = parts[0]!.space
  const rows = new Float32Array(centreRows * dims)
  let at = 0
  for (const { input, from, until } of spans) {
    const wanted = Math.min(until - from, centreRows - at / dims)
    if (wanted === 0) break
    rows.set(await parts[input]!.rows(from, from + wanted), at)
    at += wanted * dims
  }
  return rows.subarray(0, at)
}

/** Rows in the order of spans. Of each input a piece is kept, since where texts repeat a span is a few rows long. */
async function* rowsOf(parts: readonly VectorsPart[], spans: readonly Span[]): AsyncGenerator<Float32Array> {
  const { dims } = parts[0]!.space
  const held = parts.map(() => ({ from: 0, until: 0, rows: new Float32Array(0) as Float32Array }))
  for (const { input, from, until } of spans) {
    const part = parts[input]!
    for (let at = from; at < until; ) {
      if (at < held[input]!.from || at >= held[input]!.until) {
        const end = Math.min(part.filled.rowCount, at + part.pieceRows)
        held[input] = { from: at, until: end, rows: await part.rows(at, end) }
      }
      const piece = held[input]!
      const end = Math.min(until, piece.until)
      yield piece.rows.subarray((at - piece.from) * dims, (end - piece.from) * dims)
      at = end
    }
  }
}

function commonSpace(parts: readonly VectorsPart[]): Space {
  const [first] = parts
  assert(first, 'something to merge')
  for (const { space } of parts)
    assert(
      space.id === first.space.id && space.dims === first.space.dims && space.metric === first.space.metric,
      'runs of one space',
    )
  return first.space
}
