// A column of texts that a batch has once for all its events: numbered by batch, looked at by row only for its number.

import { toUtf8 } from '../base/bytes.ts'
import type { RowSpan } from '../engine/columns/cells.ts'
import type { ByteValues, Column } from './column.ts'
import type { ColumnSource } from './column-source.ts'
import type { BatchInfo, Block, Rows } from './rows.ts'

/** @param textOf  null where it is undefined */
export function columnOfBatches(
  name: string,
  rows: Rows,
  blocks: readonly Block[],
  textOf: (batch: BatchInfo) => string | undefined,
): ColumnSource {
  const numbers = new Map<string, number>()
  const numberOf = blocks.map(({ batch }) => {
    const text = textOf(batch)
    if (text === undefined) return -1
    if (!numbers.has(text)) numbers.set(text, numbers.size)
    return numbers.get(text)!
  })
  const texts = [...numbers.keys()].map(toUtf8)
  return {
    name,
    type: 'string',
    withRows({ from, until }, use) {
      use(
        texts.length === 0 ? nulls(name, until - from) : buildTexts(name, numbersOf({ from, until }), texts),
      )
    },
  }

  /** @returns i32[rows]: index into `texts`, -1 for null */
  function numbersOf({ from, until }: RowSpan): Int32Array {
    const numbered = new Int32Array(until - from)
    for (let i = from; i < until; i++) numbered[i - from] = numberOf[rows.block[i]!]!
    return numbered
  }
}

function nulls(name: string, rowCount: number): Column {
  return {
    ...{ name, type: 'string', rowCount, nullCount: rowCount },
    validity: new Uint8Array((rowCount + 7) >> 3),
    offsets: new Int32Array(rowCount + 1),
    data: none,
  }
}

function buildTexts(name: string, numbered: Int32Array, texts: readonly Uint8Array[]): Column {
  const rowCount = numbered.length
  const validity = new Uint8Array((rowCount + 7) >> 3)
  let nullCount = 0
  for (let row = 0; row < rowCount; row++) {
    if (numbered[row]! < 0) nullCount++
    else validity[row >> 3]! |= 1 << (row & 7)
  }
  const base = {
    name,
    type: 'string' as const,
    rowCount,
    nullCount,
    validity: nullCount === 0 ? undefined : validity,
  }
  // One event a batch: a dictionary would be as long as the column.
  if (nullCount === rowCount || texts.length * 2 > rowCount)
    return { ...base, ...backToBack(Array.from(numbered, number => texts[number] ?? none)) }
  return { ...base, indices: numbered.map(number => Math.max(0, number)), dictionary: backToBack(texts) }
}

const none = new Uint8Array(0)

function backToBack(texts: readonly Uint8Array[]): ByteValues {
  const offsets = new Int32Array(texts.length + 1)
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length
  const data = new Uint8Array(offsets[texts.length]!)
  for (const [i, text] of texts.entries()) data.set(text, offsets[i]!)
  return { offsets, data }
}
