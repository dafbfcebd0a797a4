// Neighbouring runs of texts as one: a text that several have gets the id of its first, and the docs of all.

import { assert } from '../../base/assert.ts'
import { ByteTable } from '../../base/byte-table.ts'
import type { CheckedFile } from '../checked.ts'
import { Sections } from '../sections.ts'
import { MergedClusters, readClusters } from './clusters.ts'
import { type TextsHead, writeTexts } from './write-texts.ts'

export interface MergedTexts {
  pieces: Uint8Array[]
  textCount: number
  /** for each input u32[texts]: what its texts are called now */
  remap: Uint32Array[]
  /** u32[texts]: docs of each */
  docCounts: Uint32Array
}

/**
 * The same part as if the runs had been one from the start.
 *
 * @param files  at least two, in log order
 * @throws CorruptPart
 */
export async function mergeTexts(files: readonly CheckedFile[]): Promise<MergedTexts> {
  const inputs = await Promise.all(files.map(file => Sections.open(file)))
  const heads = inputs.map(({ head }) => head as unknown as TextsHead)
  const docCount = inputs.reduce((sum, input) => sum + input.count('times'), 0)
  const table = new ByteTable()
  const hashes: bigint[] = []
  const clusters = new MergedClusters()
  const remap: Uint32Array[] = []
  const textOf = new Int32Array(docCount)
  const timesMs = new Float64Array(docCount)
  let at = 0
  for (const [i, input] of inputs.entries()) {
    const head = heads[i]!
    assert(head.doc_first === heads[0]!.doc_first + at, 'runs that follow each other')
    const renamed = await renameTexts(input, table, hashes)
    remap.push(renamed)
    clusters.add(await readClusters(input), renamed)
    for (const text of await input.read('text_of', 'i32')) textOf[at++] = text < 0 ? -1 : renamed[text]!
    at -= input.count('times')
    for (const time of await input.read('times', 'u32')) timesMs[at++] = head.slice_ms + time
  }
  const docCounts = new Uint32Array(table.count)
  for (const text of textOf) if (text >= 0) docCounts[text]!++
  const pieces = writeTexts({
    docFirst: heads[0]!.doc_first,
    sliceMs: heads[0]!.slice_ms,
    texts: table.column(),
    hashes: BigUint64Array.from(hashes),
    textOf,
    timesMs,
    clusters: clusters.finish(),
    packs: [...new Set(heads.flatMap(({ packs }) => packs))].sort(),
  })
  return { pieces, textCount: table.count, remap, docCounts }
}

async function renameTexts(input: Sections, table: ByteTable, hashes: bigint[]): Promise<Uint32Array> {
  const [offsets, known, data] = await Promise.all([
    input.read('offsets', 'u32'),
    input.read('hashes', 'u64'),
    input.read('data', 'u8'),
  ])
  return Uint32Array.from(known, (hash, text) => {
    const id = table.add(data, offsets[text]!, offsets[text + 1]!)
    if (id === hashes.length) hashes.push(hash)
    return id
  })
}
