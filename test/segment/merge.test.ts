import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FsStore, fsStore } from '../../src/adapters/store-fs.ts'
import { AssertionError } from '../../src/base/assert.ts'
import { concat } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Part, PartRole } from '../../src/contract/segment.ts'
import { type ObjectStore, StoreError } from '../../src/ports/object-store.ts'
import { CorruptPart, checksumBlocks } from '../../src/segment/checked.ts'
import { entryWords, openIds, readEntries, writeIds } from '../../src/segment/ids.ts'
import { mergeParts } from '../../src/segment/merge.ts'
import { keysOf } from '../ports/store.suite.ts'
import { engineModule } from '../service/knowing.ts'
import { Flushes, readAll, segmentId, sliceStartMs } from './flushes.ts'
import { codec, footerOf } from './parquet/readers.ts'

let folder: string
let store: FsStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alluvium-merge-'))
  store = await fsStore({ directory: folder })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

/** What the sealer makes; runs of texts and graphs have tests of their own. */
const sealedRoles = ['events', 'raw', 'refusals', 'ids'] as const
const tools = () => ({ store, codec, engineModule })
const merge = (role: PartRole, parts: Part[]) =>
  mergeParts({ segmentId, role, parts, beside: parts.map(() => []) }, tools())

function ndjson(events: readonly object[]): string {
  return events.map(event => JSON.stringify(event)).join('\n')
}

/** The same parts with those of one role merged. */
async function withMerged(parts: readonly Part[], role: PartRole, inputs: Part[]): Promise<Part[]> {
  const merged = await merge(role, inputs)
  return parts.flatMap(part => (part === inputs[0] ? merged : inputs.includes(part) ? [] : [part]))
}

async function allMerged(parts: readonly Part[]): Promise<Part[]> {
  let now = [...parts]
  for (const role of sealedRoles) {
    const inputs = now.filter(part => part.role === role)
    if (inputs.length > 1) now = await withMerged(now, role, inputs)
  }
  return now
}

/** Rows of parts as DuckDB sees them, united by name, with every value as text. */
async function duckdbRows(parts: readonly Part[]): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const files = parts.map(({ key }) => `'${join(folder, key)}'`).join(', ')
  const reader = await connection.runAndReadAll(
    `SELECT COLUMNS(*)::VARCHAR FROM read_parquet([${files}], union_by_name = true) ORDER BY doc`,
  )
  const rows = reader.getRowObjects()
  connection.closeSync()
  instance.closeSync()
  return rows
}

async function columnOf(part: Part, name: string): Promise<unknown[]> {
  return (await duckdbRows([part])).map(row => row[name])
}

/** Any events, now and then a line that is none; an id may come twice. */
function randomBody(random: () => number, lineCount: number, change: object): string {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
  const lines = Array.from({ length: lineCount }, () => {
    if (random() < 0.05) return pick(['{', '[1]', '{"id": "\\ud800', 'nonsense', '{"time": "never"}'])
    const event: Record<string, unknown> = {
      time: new Date(sliceStartMs + Math.floor(random() * 86_400_000)).toISOString(),
      text: pick(['', 'a', 'ü€😀', 'two\nlines "quoted"', '\ufeffmark', '\0', 'x'.repeat(300)]),
      number: Math.floor(random() * 1e6),
      nested: { flag: random() < 0.5, when: '2026-01-01T10:00:00Z' },
      ...change,
    }
    if (random() < 0.8) event.id = `id ${Math.floor(random() * 1e5)}`
    if (random() < 0.3) event.sparse = random()
    if (random() < 0.3) event.list = [1, 'two', { three: 3 }]
    if (random() < 0.1) delete event.text
    return JSON.stringify(event)
  })
  return lines.join('\n')
}

describe('mergeParts', () => {
  it('never changes what a reader sees, whatever the batches, the flushes and the order of merges', async () => {
    const seed = Date.now() % 1e9
    const random = seededRandom(seed)
    for (let round = 0; round < 4; round++) {
      const flushes = new Flushes(store)
      const flushCount = 2 + Math.floor(random() * 6)
      for (let flush = 0; flush < flushCount; flush++) {
        const mixed = { [`only_${flush % 3}`]: flush, mixed: [round, 'text', true, null][flush % 4] }
        const bodies = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
          randomBody(random, 1 + Math.floor(random() * 200), mixed),
        )
        await flushes.flush(bodies)
      }
      const before = await readAll(store, flushes.parts)
      expect(before.events.length).toBeGreaterThan(0)

      let parts = [...flushes.parts]
      for (let merges = 0; merges < 6; merges++) {
        const role = sealedRoles[Math.floor(random() * sealedRoles.length)]!
        const of = parts.filter(part => part.role === role)
        const first = Math.floor(random() * of.length)
        const inputs = of.slice(first, first + 2 + Math.floor(random() * 3))
        if (inputs.length > 1) parts = await withMerged(parts, role, inputs)
        expect(await readAll(store, parts), `seed ${seed}, round ${round}`).toEqual(before)
      }
      parts = await allMerged(parts)
      expect(parts.length).toBeLessThanOrEqual(sealedRoles.length)
      expect(await readAll(store, parts), `seed ${seed}, round ${round}`).toEqual(before)
      await store.delete(await keysOf(store, ''))
    }
  })

  it('says of the merged part what its inputs said together', async () => {
    const flushes = new Flushes(store)
    for (const hour of [5, 3, 9]) {
      const time = sliceStartMs + hour * 3_600_000
      await flushes.flush([ndjson([{ time: new Date(time).toISOString(), hour }]), '{'])
    }
    for (const role of sealedRoles) {
      const inputs = flushes.of(role)
      const [merged, ...rest] = await merge(role, inputs)
      expect(rest).toEqual([])
      const bytes = (await store.get(merged!.key))!
      const isRefusals = role === 'refusals'
      expect(merged).toEqual({
        role,
        key: merged!.key,
        format_version: 1,
        bytes: bytes.length,
        crc32c: checksumBlocks([bytes]),
        rows: 3,
        doc_first: 0,
        doc_last: 2,
        seq_first: 1,
        seq_last: 6,
        time_min: isRefusals ? sliceStartMs + 1000 : sliceStartMs + 3 * 3_600_000,
        time_max: isRefusals ? sliceStartMs + 5000 : sliceStartMs + 9 * 3_600_000,
        raw_bytes: inputs.reduce((sum, part) => sum + part.raw_bytes, 0),
        inputs: inputs.map(({ key }) => key),
      })
      const suffix = role === 'ids' ? 'ids' : 'parquet'
      expect(merged!.key).toMatch(new RegExp(`^${segmentId}/${role}-0{11}1-0{11}6-m[0-9a-f]{8}\\.${suffix}$`))
    }
  })

  it('makes one row group of many small flushes', async () => {
    const flushes = new Flushes(store)
    for (let flush = 0; flush < 20; flush++)
      await flushes.flush([ndjson([{ flush }, { flush: flush + 0.5 }])])
    for (const role of ['events', 'raw'] as const) {
      const [merged] = await merge(role, flushes.of(role))
      const { row_groups } = footerOf((await store.get(merged!.key))!)
      expect(row_groups.map(group => group.num_rows)).toEqual([40n])
    }
  })

  it('copies row groups of a decent size as they are', async () => {
    const flushes = new Flushes(store)
    for (let flush = 0; flush < 3; flush++) {
      await flushes.flush([ndjson(Array.from({ length: 20_000 }, (_, n) => ({ n, flush })))])
    }
    const [merged] = await merge('events', flushes.of('events'))
    const { row_groups } = footerOf((await store.get(merged!.key))!)
    expect(row_groups.map(group => group.num_rows)).toEqual([20_000n, 20_000n, 20_000n])
    const pages = (group: (typeof row_groups)[number]) =>
      group.columns.map(({ meta_data }) => meta_data!.total_compressed_size)
    const input = footerOf((await store.get(flushes.of('events')[1]!.key))!)
    expect(pages(row_groups[1]!)).toEqual(pages(input.row_groups[0]!))
  })

  it('gives DuckDB the same rows as the parts united by name', async () => {
    const flushes = new Flushes(store)
    await flushes.flush([
      ndjson([
        { id: 'a', n: 1, big: 123456789012345678n.toString(), word: true },
        { id: 'b', list: [] },
      ]),
    ])
    await flushes.flush([ndjson([{ id: 'c', n: 2.5, word: 'yes', at: '2026-01-01' }])])
    await flushes.flush([ndjson([{ id: 'd', n: -0, word: 'ü "quoted"', late: { deep: [1, { x: null }] } }])])
    const inputs = flushes.of('events')
    const united = await duckdbRows(inputs)
    expect(united).toHaveLength(4)
    const [first] = await merge('events', inputs.slice(0, 2))
    const [merged] = await merge('events', [first!, inputs[2]!])
    expect(await duckdbRows([merged!])).toEqual(united)
    expect(await columnOf(merged!, 'n')).toEqual(['1.0', null, '2.5', '0.0'])
    expect(await columnOf(merged!, 'word')).toEqual(['true', null, 'yes', 'ü "quoted"'])
  })

  it('writes values of a column that became text as JSON writes them, and times as RFC 3339', async () => {
    const flushes = new Flushes(store)
    await flushes.flush([ndjson([{ f: 1.5, at: '2026-01-01T10:00:00+02:00', i: 7, list: [1, 2] }])])
    await flushes.flush(['{"f": 1e300, "at": "2026-01-02", "i": -12, "list": {}}'])
    await flushes.flush([ndjson([{ f: 'text', at: 'text', i: 'text', list: 'text' }])])
    const [merged] = await merge('events', flushes.of('events'))
    expect(await columnOf(merged!, 'f')).toEqual(['1.5', '1e+300', 'text'])
    expect(await columnOf(merged!, 'at')).toEqual([
      '2026-01-01T08:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
      'text',
    ])
    expect(await columnOf(merged!, 'i')).toEqual(['7', '-12', 'text'])
    expect(await columnOf(merged!, 'list')).toEqual(['[1,2]', '{}', 'text'])
  })

  it('puts the envelope first, then the columns as they first appeared', async () => {
    const flushes = new Flushes(store)
    await flushes.flush([ndjson([{ z: 1, id: 'a' }])])
    await flushes.flush([ndjson([{ b: 1, z: 2 }])])
    await flushes.flush([ndjson([{ a: 1, b: 2 }])])
    const [merged] = await merge('events', flushes.of('events'))
    const names = Object.keys((await duckdbRows([merged!]))[0]!)
    expect(names.slice(0, 3)).toEqual(['doc', 'ingest_seq', 'position'])
    expect(names.slice(-4)).toEqual(['z', 'id', 'b', 'a'])
  })

  it('merges ids into the very bytes that writing all of them at once gives', async () => {
    const flushes = new Flushes(store)
    for (const count of [1, 5000, 300, 2]) {
      await flushes.flush([ndjson(Array.from({ length: count }, (_, n) => ({ id: `${count}-${n}` })))])
    }
    const inputs = flushes.of('ids')
    const all: Uint32Array[] = []
    for (const { key } of inputs) {
      const index = await openIds(key, store.getRange.bind(store))
      all.push(await readEntries(index, { first: 0, until: index.fences.length }, store.getRange.bind(store)))
    }
    const entries = Uint32Array.from(all.flatMap(some => [...some]))
    expect(entries.length).toBe(5303 * entryWords)
    const [merged] = await merge('ids', inputs)
    expect(Buffer.compare((await store.get(merged!.key))!, concat(writeIds(entries)))).toBe(0)
  })

  it('done again, is the same part', async () => {
    const flushes = new Flushes(store)
    for (let flush = 0; flush < 4; flush++) await flushes.flush([ndjson([{ flush }]), '{'])
    for (const role of sealedRoles) {
      const first = await merge(role, flushes.of(role))
      expect(await merge(role, flushes.of(role))).toEqual(first)
      const bytes = await store.get(first[0]!.key)
      await store.delete([first[0]!.key])
      expect(await merge(role, flushes.of(role))).toEqual(first)
      expect(await store.get(first[0]!.key)).toEqual(bytes)
    }
  })

  it('does not take another object of the same name for its own', async () => {
    const flushes = new Flushes(store)
    for (let flush = 0; flush < 2; flush++) await flushes.flush([ndjson([{ flush }])])
    const [merged] = await merge('events', flushes.of('events'))
    const bytes = readFileSync(join(folder, merged!.key))
    for (const other of [
      turned(bytes, bytes.length >> 1, 0),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.of(0)]),
    ]) {
      await store.delete([merged!.key])
      await store.put(merged!.key, [other])
      await expect(merge('events', flushes.of('events'))).rejects.toThrow(StoreError)
      await expect(merge('events', flushes.of('events'))).rejects.toThrow('another object has this name')
    }
  })

  it.each(sealedRoles)(
    'finds a turned bit in any of its inputs of the role %s, and writes nothing',
    async role => {
      const seed = Date.now() % 1e9
      const random = seededRandom(seed)
      const flushes = new Flushes(store)
      for (let flush = 0; flush < 3; flush++)
        await flushes.flush([ndjson([{ flush, text: 'ü'.repeat(100) }]), '{'])
      const before = await keysOf(store, '')
      for (let round = 0; round < 30; round++) {
        const { key } = flushes.of(role)[round % 3]!
        const path = join(folder, key)
        const bytes = readFileSync(path)
        const at = Math.floor(random() * bytes.length)
        writeFileSync(path, turned(bytes, at, round % 8))
        await expect(merge(role, flushes.of(role)), `seed ${seed}: ${key} byte ${at}`).rejects.toThrow(
          CorruptPart,
        )
        expect(await keysOf(store, '')).toEqual(before)
        writeFileSync(path, bytes)
      }
      const [merged] = await merge(role, flushes.of(role))
      expect(merged!.rows).toBe(3)
    },
  )

  it('refuses what are no neighbours', async () => {
    const flushes = new Flushes(store)
    for (let flush = 0; flush < 3; flush++) await flushes.flush([ndjson([{ flush }])])
    const [a, b, c] = flushes.of('events')
    for (const parts of [[a!], [a!, c!], [b!, a!], [a!, flushes.of('raw')[1]!]]) {
      await expect(merge('events', parts)).rejects.toThrow(AssertionError)
    }
  })

  it('reads and writes by stretches, however large the inputs', async () => {
    const flushes = new Flushes(store)
    const random = seededRandom(1)
    const text = () => Array.from({ length: 40 }, () => Math.floor(random() * 2 ** 32).toString(36)).join('')
    for (let flush = 0; flush < 3; flush++) {
      await flushes.flush([ndjson(Array.from({ length: 17_000 }, () => ({ text: text() })))])
    }
    const largest = { put: 0, getRange: 0 }
    const watching: ObjectStore = {
      get: key => store.get(key),
      list: prefix => store.list(prefix),
      delete: keys => store.delete(keys),
      usedRatio: () => store.usedRatio(),
      put: (key, chunks) => store.put(key, watched(chunks as AsyncIterable<Uint8Array>)),
      getRange: async (key, start, end) => {
        largest.getRange = Math.max(largest.getRange, end - start)
        return store.getRange(key, start, end)
      },
    }
    async function* watched(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        largest.put = Math.max(largest.put, chunk.length)
        yield chunk
      }
    }
    for (const role of ['events', 'raw', 'ids'] as const) {
      const [merged] = await mergeParts(
        { segmentId, role, parts: flushes.of(role), beside: flushes.of(role).map(() => []) },
        { store: watching, codec, engineModule },
      )
      expect(merged!.rows).toBe(51_000)
    }
    const raw = flushes.of('raw').reduce((sum, { bytes }) => sum + bytes, 0)
    expect(raw).toBeGreaterThan(2 * 4 * 1024 * 1024)
    expect(largest.put).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(largest.getRange).toBeLessThanOrEqual(8 * 1024 * 1024)
  })
})

function turned(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ (1 << bit) : byte))
}
