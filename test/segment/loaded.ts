// Blocks loaded into the kernels, for tests: sealing, and columns as they are made.

import type { Selection } from '../../src/engine/columns/columns.ts'
import { TapeColumns } from '../../src/engine/columns/columns.ts'
import type { Column } from '../../src/segment/column.ts'
import type { ColumnSource } from '../../src/segment/column-source.ts'
import type { Block, Rows } from '../../src/segment/rows.ts'
import { type Sealed, seal, type Unsealed } from '../../src/segment/seal.ts'
import { binaries } from '../engine/binaries.ts'
import { valuesOf } from './column-values.ts'
import { codec } from './parquet/readers.ts'

const columns = new TapeColumns(binaries[0]!.module)

/** @param work  may use the selection until it returns */
export function selecting<T>(rows: Rows, blocks: readonly Block[], work: (selection: Selection) => T): T {
  const tapes = columns.load(blocks)
  try {
    return tapes.select(rows, work)
  } finally {
    tapes.unload()
  }
}

export function sealed(unsealed: Unsealed): Sealed {
  const tapes = columns.load(unsealed.blocks)
  try {
    return seal(unsealed, { tapes, codec })
  } finally {
    tapes.unload()
  }
}

/** The values of all rows, made so many at a time. */
export function valuesOfSource(source: ColumnSource, rowCount: number, stepRows = rowCount): unknown[] {
  const values: unknown[] = []
  for (let from = 0; from < rowCount; from += stepRows) {
    const until = Math.min(rowCount, from + stepRows)
    source.withRows({ from, until }, (column: Column) => values.push(...valuesOf(column)))
  }
  return values
}
