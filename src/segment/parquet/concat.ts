// Several files of ours as one, without decoding: column chunks are copied as they lie, and only the page indexes and
// the footer are written anew with their offsets moved. A merge of runs then costs reading and writing alone.

import { assert } from '../../base/assert.ts'
import type { WrittenChunk } from './chunk.ts'
import { type Chunk, magic, type RowGroup } from './footer.ts'
import { type JoinInput, openInput } from './join-input.ts'
import { JoinPlan, type RangeFile } from './join-plan.ts'
import { writeNullChunk } from './null-chunk.ts'
import { shiftOffsetIndex } from './page-index.ts'
import type { SchemaColumn } from './schema.ts'
import { appendTail, type WrittenRowGroup } from './tail.ts'

export interface ConcatRequest {
  /** files that this or `writeParquet` wrote; their rows come in this order */
  inputs: readonly RangeFile[]
  /** the names of all their columns in the order to be; names that no input has are left out */
  order: readonly string[]
  /** key-value pairs in the footer; those of the inputs are not taken over */
  metadata?: Readonly<Record<string, string>>
}

interface Joined {
  outcome: 'joined'
  bytes: number
  rowCount: number
  columns: readonly SchemaColumn[]
  /** The file in pieces, in order, each read from its input when it is asked for. */
  chunks(): AsyncIterable<Uint8Array>
}

/** These files can't be joined by copying: they have to be read and written. */
interface NotJoinable {
  outcome: 'not_joinable'
  column: string
  reason: string
}

/** @throws ParquetError when an input is not a file of ours */
export async function concatParquet({
  inputs,
  order,
  metadata,
}: ConcatRequest): Promise<Joined | NotJoinable> {
  const opened = await Promise.all(inputs.map(openInput))
  const columns = uniteColumns(opened, order)
  if ('outcome' in columns) return columns

  const plan = new JoinPlan()
  plan.append(magic)
  const rowGroups: WrittenRowGroup[] = []
  for (const input of opened) {
    for (const group of input.footer.rowGroups) rowGroups.push(placeRowGroup({ input, group, columns, plan }))
  }
  appendTail({ columns, rowGroups, metadata: metadata ?? {} }, plan)
  return {
    outcome: 'joined',
    bytes: plan.length,
    rowCount: rowGroups.reduce((sum, group) => sum + group.rowCount, 0),
    columns,
    chunks: () => plan.read(),
  }
}

/** The columns of all inputs, once each. */
function uniteColumns(inputs: readonly JoinInput[], order: readonly string[]): SchemaColumn[] | NotJoinable {
  const united = new Map<string, SchemaColumn>()
  for (const { footer } of inputs) {
    for (const column of footer.columns) {
      assert(order.includes(column.name), `column ${column.name} has no place in the order`)
      const other = united.get(column.name) ?? column
      if (other.type !== column.type)
        return notJoinable(column, `${other.type} in one file, ${column.type} in another`)
      if (other.required !== column.required)
        return notJoinable(column, 'required in one file, nullable in another')
      united.set(column.name, column)
    }
  }
  for (const column of united.values()) {
    const lacking = inputs.some(({ footer }) => !footer.columns.some(({ name }) => name === column.name))
    if (lacking && column.required) return notJoinable(column, 'required, and a file lacks it')
  }
  assert(united.size > 0, 'nothing to join')
  return order.flatMap(name => united.get(name) ?? [])
}

function notJoinable(column: SchemaColumn, reason: string): NotJoinable {
  return { outcome: 'not_joinable', column: column.name, reason }
}

interface Placement {
  input: JoinInput
  group: RowGroup
  columns: readonly SchemaColumn[]
  plan: JoinPlan
}

function placeRowGroup({ input, group, columns, plan }: Placement): WrittenRowGroup {
  const positions = new Map(input.footer.columns.map(({ name }, index) => [name, index]))
  const chunks = columns.map(({ name }) => {
    const position = positions.get(name)
    return position === undefined
      ? writeNullChunk(group.rowCount, plan)
      : placeChunk(input, group.chunks[position]!, plan)
  })
  return { rowCount: group.rowCount, chunks }
}

function placeChunk(input: JoinInput, chunk: Chunk, plan: JoinPlan): WrittenChunk {
  const shift = plan.length - chunk.at
  plan.copy(input.file, chunk.at, chunk.at + chunk.bytes)
  return {
    ...chunk,
    at: chunk.at + shift,
    dataAt: chunk.dataAt + shift,
    offsetIndex: shiftOffsetIndex(input.index(chunk.offsetIndex), shift),
    columnIndex: chunk.columnIndex === undefined ? undefined : input.index(chunk.columnIndex),
  }
}
