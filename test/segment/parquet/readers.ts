// Two readers that are not ours: hyparquet, which the service reads with, and DuckDB.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet'
import { createZstd } from '../../../src/adapters/codec-zstd.ts'
import type { PhysicalType } from '../../../src/segment/column.ts'
import type { Spec, Value } from './columns.ts'

const wasm = new URL('../../../node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm', import.meta.url)
export const codec = createZstd(new WebAssembly.Module(readFileSync(wasm)))
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const hyparquetOptions = {
  compressors: { ZSTD: (input: Uint8Array, outputLength: number) => codec.decompress(input, outputLength) },
  utf8: false,
  parsers: {
    timestampFromMilliseconds: (ms: bigint) => ms,
    jsonFromBytes: (bytes: Uint8Array) => utf8.decode(bytes),
    stringFromBytes: (bytes: Uint8Array) => utf8.decode(bytes),
  },
}

type Rows = Record<string, Value>[]

export async function readWithHyparquet(file: AsyncBuffer, options: object = {}): Promise<Rows> {
  const rows = await parquetReadObjects({ file, ...hyparquetOptions, ...options })
  return rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : (value ?? null),
      ]),
    ),
  )
}

export function footerOf(file: Uint8Array): FileMetaData {
  const { parsers } = hyparquetOptions
  return parquetMetadata(new Uint8Array(file).buffer, {
    parsers: { ...parsers, stringFromBytes: bytes => Buffer.from(bytes) },
  })
}

export function asFile(chunks: readonly Uint8Array[]): ArrayBuffer {
  return new Uint8Array(Buffer.concat(chunks)).buffer
}

/** A DuckDB that reads files out of a folder of its own. */
export async function openDuckdb() {
  const folder = mkdtempSync(join(tmpdir(), 'alluvium-parquet-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  let fileCount = 0
  /** Never the same name twice: DuckDB keeps what it read, and may take a file written at once for the one before. */
  const place = (file: ArrayBuffer) => {
    const path = join(folder, `${++fileCount}.parquet`)
    writeFileSync(path, new Uint8Array(file))
    return path
  }

  return {
    async read(file: ArrayBuffer, specs: readonly Spec[]): Promise<Rows> {
      const rows = await select(
        connection,
        `SELECT ${specs.map(selected).join(', ')} FROM read_parquet('${place(file)}', file_row_number = true) ORDER BY file_row_number`,
      )
      return rows.map(row =>
        Object.fromEntries(specs.map(({ name, type }) => [name, decoded(type, row[name]!)])),
      )
    },
    /** Rows of a query in which FILE stands for the file. */
    async query(file: ArrayBuffer, sql: string): Promise<Rows> {
      return select(connection, sql.replaceAll('FILE', `'${place(file)}'`))
    },
    close() {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true })
    },
  }
}

async function select(connection: DuckDBConnection, sql: string): Promise<Rows> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjects() as Rows
}

/** Text comes as hex: DuckDB's client would decode a leading byte order mark away. */
function selected({ name, type }: Spec): string {
  const column = `"${name.replaceAll('"', '""')}"`
  if (type === 'timestamp') return `epoch_ms(${column}) AS ${column}`
  if (type === 'binary') return `lower(hex(${column})) AS ${column}`
  if (type === 'string' || type === 'json') return `hex(encode(${column}::VARCHAR)) AS ${column}`
  return column
}

function decoded(type: PhysicalType, value: Value): Value {
  return (type === 'string' || type === 'json') && value !== null
    ? utf8.decode(Buffer.from(String(value), 'hex'))
    : value
}
