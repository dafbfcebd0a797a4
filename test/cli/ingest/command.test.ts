import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnBuilt } from '../built.ts'
import { run, type Said } from '../io.ts'
import { type FakeService, fakeService } from './fake-service.ts'

let service: FakeService
let folder: string

beforeEach(async () => {
  service = await fakeService()
  folder = await mkdtemp(join(tmpdir(), 'alluvium-ingest-'))
})

afterEach(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

const environment = () => ({ ALLUVIUM_URL: service.url, XDG_STATE_HOME: join(folder, 'state') })
const ingest = (...argv: string[]) => run(['ingest', ...argv], environment())

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** Lines without ids of their own, a few kB each, so that some MB are some blocks. */
function linesOf(count: number, bytes = 2000): string {
  return Array.from({ length: count }, (_, n) => `${JSON.stringify({ n, pad: 'x'.repeat(bytes) })}\n`).join(
    '',
  )
}

const numbersStored = () => [...service.events.values()].map(line => JSON.parse(line).n).sort((a, b) => a - b)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
const marks = () => readdir(join(folder, 'state', 'alluvium', 'ingest')).catch(() => [])
const words = ({ stdout }: Said) => stdout.replace(/ +/g, ' ')

describe('alluvium ingest', () => {
  it('sends every line once, in blocks of whole lines, with the hash of the file and the row', async () => {
    const text = linesOf(4000)
    const path = await fileOf('events.ndjson', text)
    const said = await ingest(
      '--stream',
      'clicks',
      '--source',
      'web',
      '--time-field',
      'meta.at',
      '--reopen',
      path,
    )
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(words(said)).toContain('accepted 4,000')
    expect(numbersStored()).toEqual(upTo(4000))
    expect(service.requests.length).toBeGreaterThan(1)
    for (const { query, headers, bytes } of service.requests) {
      expect(bytes).toBeLessThanOrEqual(4 * 1024 * 1024)
      expect(headers['content-type']).toBe('application/x-ndjson')
      expect(Object.fromEntries(query)).toMatchObject({
        stream: 'clicks',
        source: 'web',
        time_field: 'meta.at',
        reopen: 'true',
        file: createHash('sha256').update(text).digest('hex'),
      })
    }
    expect(await marks()).toEqual([])
  })

  it('stores nothing twice when a file is sent again', async () => {
    const path = await fileOf('events.ndjson', linesOf(3000))
    await ingest(path)
    const said = await ingest(path)
    expect(words(said)).toContain('accepted 0')
    expect(words(said)).toContain('duplicate 3,000')
    expect(service.events.size).toBe(3000)
  })

  it('sends its key and no other', async () => {
    const path = await fileOf('events.ndjson', '{"id":"a"}\n')
    await run(['ingest', path], { ...environment(), ALLUVIUM_KEY: 'alv_environment' })
    await ingest('--key', 'alv_flag', path)
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer alv_environment',
      'Bearer alv_flag',
    ])
  })

  it('says how many were quarantined, by code, and still ends well', async () => {
    const said = await ingest(await fileOf('events.ndjson', '{"id":"a"}\noops\n{"id":"b"}\n{"c\n'))
    expect(said.code).toBe(0)
    expect(words(said)).toContain('quarantined 2 malformed_json 2')
  })

  it.each([
    ['gzip', 'e.ndjson.gz', gzipSync],
    ['gzip under another name', 'e.bin', gzipSync],
    ['Brotli', 'e.ndjson.br', brotliCompressSync],
  ])('reads %s', async (_, name, compress) => {
    expect((await ingest(await fileOf(name, compress(linesOf(3000))))).code).toBe(0)
    expect(numbersStored()).toEqual(upTo(3000))
  })

  it('tells a gzip file that breaks off, and has sent what was whole', async () => {
    const { code, stderr } = await ingest(await fileOf('e.ndjson.gz', gzipSync(linesOf(10)).subarray(0, -20)))
    expect(code).toBe(1)
    expect(stderr).toContain('is not whole gzip')
  })

  it('reads a JSON array, plain and compressed, and a file of one object', async () => {
    const array = JSON.stringify(
      upTo(20).map(n => ({ n })),
      null,
      2,
    )
    await ingest(
      await fileOf('a.txt', array),
      await fileOf('b.json.gz', gzipSync(array.replaceAll('"n"', '"m"'))),
    )
    expect(service.events.size).toBe(40)
    const { stdout } = await ingest(await fileOf('one.json', '{\n  "id": "one"\n}\n'))
    expect(stdout.replace(/ +/g, ' ')).toContain('accepted 1')
  })

  it('passes over a byte order mark', async () => {
    await ingest(await fileOf('e.ndjson', '\ufeff{"id":"a"}\n'))
    expect([...service.events.keys()]).toEqual(['a'])
  })

  it('reads standard input, without a file to derive ids from', async () => {
    const stdin = Readable.from([Buffer.from('{"id":"a"}\n{"id'), Buffer.from('":"b"}')])
    const said = await run(['ingest', '-'], environment(), { stdin })
    expect(said.code).toBe(0)
    expect([...service.events.keys()]).toEqual(['a', 'b'])
    expect(service.requests[0]!.query.has('file')).toBe(false)
  })

  it('leaves nothing behind of a line that no body can carry but says so', async () => {
    const path = await fileOf(
      'e.ndjson',
      `{"id":"a"}\n{"id":"big","pad":"${'x'.repeat(11 * 1024 * 1024)}"}\n{"id":"b"}\n`,
    )
    const said = await ingest(path)
    expect(said.code).toBe(1)
    expect(words(said)).toContain('not delivered 1')
    expect(said.stdout).toContain('row 1: ')
    expect([...service.events.keys()]).toEqual(['a', 'b'])
  })

  it('halves what the service finds too large, down to the line at fault', async () => {
    service.bodyBytesMax = 1000
    const lines = upTo(64).map(n => JSON.stringify({ n, pad: 'x'.repeat(n === 40 ? 2000 : 80) }))
    const said = await ingest(await fileOf('e.ndjson', lines.join('\n')))
    expect(said.code).toBe(1)
    expect(numbersStored()).toEqual(upTo(64).filter(n => n !== 40))
    expect(said.stdout).toContain('row 40: ')
    for (const [id, line] of service.events) expect(id.endsWith(`:${JSON.parse(line).n}`)).toBe(true)
  })
})

describe('a service that is not at its best', () => {
  it('is waited for as long as it is busy, for as long as it asks', async () => {
    service.fault = request =>
      request < 14 ? { status: 429, retryAfter: request === 0 ? '1' : '0' } : undefined
    const { code } = await ingest(await fileOf('e.ndjson', '{"id":"a"}\n'))
    expect(code).toBe(0)
    expect(service.requests.length).toBe(15)
    expect(service.requests[1]!.atMs - service.requests[0]!.atMs).toBeGreaterThanOrEqual(995)
  }, 40_000)

  it('is tried again when it breaks off, without doubling what had been stored', async () => {
    const faults = [
      'broken',
      'lost',
      { status: 503, retryAfter: '0' },
      { status: 507, retryAfter: '0' },
      { status: 500, retryAfter: '0' },
    ] as const
    service.fault = request => faults[request]
    const said = await run(['ingest', '-'], environment(), {
      stdin: Readable.from([Buffer.from('{"n":0}\n{"n":1}\n')]),
    })
    expect(said.code).toBe(0)
    // The answer that was lost comes again by its idempotency key: accepted, not duplicate.
    expect(words(said)).toContain('accepted 2')
    expect(numbersStored()).toEqual([0, 1])
    expect(service.requests.length).toBe(6)
  })

  it('is given up when it stays broken, and the file can be gone on with', async () => {
    const path = await fileOf('e.ndjson', linesOf(6000))
    service.fault = request =>
      request >= 1 ? { status: 503, retryAfter: '0', code: 'not_ready' } : undefined
    const { code, stderr } = await ingest(path)
    expect(code).toBe(1)
    expect(stderr).toContain('no, says not_ready (503 not_ready)')
    expect(await marks()).toHaveLength(1)
    service.fault = () => undefined
    const again = await ingest(path)
    expect(again.stderr).toMatch(/going on at row [\d,]+/)
    expect(words(again)).toContain('duplicate 0')
    expect(numbersStored()).toEqual(upTo(6000))
    expect(await marks()).toEqual([])
  }, 40_000)

  it.each([
    [401, 'unauthorized', 'give a key by --key or ALLUVIUM_KEY'],
    [400, 'bad_request', '(400 bad_request)'],
    [422, 'idempotency_conflict', '(422 idempotency_conflict)'],
    [501, 'not_implemented', '(501 not_implemented)'],
  ])('is not pestered after a %i', async (status, code, text) => {
    service.fault = () => ({ status, code })
    const said = await ingest(await fileOf('e.ndjson', '{"id":"a"}\n'))
    expect(said.code).toBe(1)
    expect(said.stderr).toContain(text)
    expect(service.requests.length).toBe(1)
  })

  it('is told apart from something that is no Alluvium', async () => {
    service.fault = () => ({ status: 200 })
    const { code, stderr } = await ingest(await fileOf('e.ndjson', '{"id":"a"}\n'))
    expect(code).toBe(1)
    expect(stderr).toContain('is it Alluvium?')
  })

  it('is not asked for anything when a file is missing', async () => {
    const { code, stderr } = await ingest(await fileOf('e.ndjson', '{}\n'), join(folder, 'missing.ndjson'))
    expect(code).toBe(1)
    expect(stderr).toContain("missing.ndjson can't be read")
    expect(service.requests).toEqual([])
  })
})

describe('a run that was killed', () => {
  it('is gone on with where it stopped, by the next run', async () => {
    const path = await fileOf('e.ndjson', linesOf(12_000))
    let batches = 0
    const { child, said } = spawnBuilt(['ingest', path], environment())
    // The fourth answer is never given: the client dies with two blocks behind it at least.
    service.onStored = () => {
      if (++batches === 4) child.kill('SIGKILL')
      return batches >= 4 ? new Promise(() => {}) : undefined
    }
    expect((await said).code).toBe(-1)
    expect(batches).toBeGreaterThanOrEqual(4)
    expect(await marks()).toHaveLength(1)

    service.onStored = () => {}
    const before = service.requests.length
    const again = await ingest(path)
    expect(again.code).toBe(0)
    expect(again.stderr).toMatch(/going on at row [\d,]+, where the last run ended/)
    expect(numbersStored()).toEqual(upTo(12_000))
    expect(Number(service.requests[before]!.query.get('first_row'))).toBeGreaterThan(0)

    service.events.clear()
    const restarted = await ingest('--restart', path)
    expect(restarted.stderr).toBe('')
    expect(numbersStored()).toEqual(upTo(12_000))
  }, 60_000)
})

describe('Parquet', () => {
  async function parquet(name: string, select: string, options = ''): Promise<string> {
    const path = join(folder, name)
    const duck = await DuckDBInstance.create(':memory:')
    const connection = await duck.connect()
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet ${options})`)
    connection.closeSync()
    return path
  }

  const rows = `SELECT i AS n, 9007199254740993 + i AS big, CAST(i AS DECIMAL(18, 4)) / 4 AS price, 'name ' || i AS name,
    CASE WHEN i % 3 = 0 THEN NULL ELSE [i, i + 1] END AS list, {'a': i} AS nested,
    TIMESTAMP '2026-03-01 00:00:00.123456' + INTERVAL (i) SECOND AS at FROM range(20000) t(i)`

  it.each(['zstd', 'snappy', 'gzip', 'uncompressed'])(
    'is read by row group, digits and all (%s)',
    async codec => {
      const path = await parquet('e.parquet', rows, `, ROW_GROUP_SIZE 4096, COMPRESSION ${codec}`)
      const { code, stderr } = await ingest(path)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(service.events.size).toBe(20_000)
      const lines = [...service.events]
      for (const [id, line] of lines.slice(0, 50)) expect(id.endsWith(`:${JSON.parse(line).n}`)).toBe(true)
      const line = lines.find(([id]) => id.endsWith(':10001'))![1]
      expect(line).toContain('"n":10001,"big":9007199254750994,')
      expect(line).toContain('"list":[10001,10002],"nested":{"a":10001},"at":"2026-03-01T02:46:41.123456')
      expect(numbersStored()).toEqual(upTo(20_000))
    },
  )

  it('goes on in the middle', async () => {
    const path = await parquet(
      'e.parquet',
      `SELECT i AS n, repeat('x', 900) AS pad FROM range(20000) t(i)`,
      ', ROW_GROUP_SIZE 4096',
    )
    service.fault = request => (request >= 2 ? { status: 400, code: 'bad_request' } : undefined)
    expect((await ingest(path)).code).toBe(1)
    service.fault = () => undefined
    const before = service.requests.length
    const again = await ingest(path)
    expect(again.stderr).toContain('going on at row')
    expect(Number(service.requests[before]!.query.get('first_row'))).toBeGreaterThan(0)
    expect(words(again)).toContain('duplicate 0')
    expect(numbersStored()).toEqual(upTo(20_000))
  })

  it('that is empty sends nothing', async () => {
    const { code } = await ingest(await parquet('e.parquet', 'SELECT 1 AS a WHERE false'))
    expect(code).toBe(0)
    expect(service.requests).toEqual([])
  })

  it('that is cut off or damaged is told so', async () => {
    const path = await parquet('e.parquet', rows)
    const { readFile } = await import('node:fs/promises')
    const bytes = await readFile(path)
    const cutOff = await ingest(await fileOf('cut.parquet', bytes.subarray(0, -100)))
    expect(cutOff).toMatchObject({ code: 1 })
    expect(cutOff.stderr).toContain('cut.parquet: it does not end as a Parquet file does')
    bytes.fill(0xff, 200, 2000)
    const damaged = await ingest(await fileOf('bad.parquet', bytes))
    expect(damaged).toMatchObject({ code: 1 })
    expect(damaged.stderr).toContain("bad.parquet: rows 0 to 19999 can't be read")
    expect(service.requests).toEqual([])
  })

  it('is not taken from standard input', async () => {
    const { code, stderr } = await ingest('--format', 'parquet', '-')
    expect(code).toBe(1)
    expect(stderr).toContain('give a file')
  })
})
