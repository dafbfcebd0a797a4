// Parquet written by someone else: DuckDB.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdb } from '../ingest/columnar/duckdb.ts'

/** @param lines  objects, one each, all with the same fields */
export async function parquetOf(lines: readonly string[], compression: 'zstd' | 'snappy'): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-parquet-'))
  try {
    await writeFile(join(folder, 'in.ndjson'), lines.join('\n'))
    const connection = await duckdb()
    await connection.run(
      `COPY (SELECT * FROM read_json('${folder}/in.ndjson', columns = {id: 'VARCHAR', time: 'VARCHAR', text: 'VARCHAR', count: 'BIGINT', exact: 'BIGINT'}))
       TO '${folder}/out.parquet' (FORMAT parquet, COMPRESSION ${compression})`,
    )
    connection.closeSync()
    return await readFile(join(folder, 'out.parquet'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
