import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type ColumnarThreads,
  type ColumnarThreadsOptions,
  columnarThreads,
} from '../../src/adapters/columnar-thread.ts'
import { defaultLimits } from '../../src/contract/limits.ts'
import { Refused } from '../../src/contract/refused.ts'

const folder = mkdtempSync(join(tmpdir(), 'columnar-thread-'))
const root = new URL('../../', import.meta.url)
const zstdWasm = readFileSync(new URL('node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm', root))
let entry: URL
let threads: ColumnarThreads | undefined

beforeAll(async () => {
  const outfile = join(folder, 'columnar-thread.mjs')
  const entryPoint = new URL('src/runtime/columnar-thread.ts', root).pathname
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  })
  entry = pathToFileURL(outfile)
})
afterEach(() => threads?.close())
afterAll(() => rmSync(folder, { recursive: true }))

function start(options: Partial<ColumnarThreadsOptions> = {}): ColumnarThreads {
  threads = columnarThreads({
    entry,
    zstdWasm,
    inflatedBytesMax: defaultLimits.body_inflated_bytes_max,
    eventDepthMax: defaultLimits.event_depth_max,
    threadsMax: 1,
    waitingMax: 2,
    timeMsMax: 20_000,
    heapBytesMax: 256 * 2 ** 20,
    ...options,
  })
  return threads
}

/** A thread that does something else with what it is asked. */
function misbehaving(name: string, handler: string): URL {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(
    path,
    `import { parentPort } from 'node:worker_threads'\nparentPort.on('message', request => { ${handler} })\n`,
  )
  return pathToFileURL(path)
}

const body = () => tableToIPC(tableFromArrays({ a: [1, 2] }), 'stream')
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    error => (error instanceof Refused ? error.code : `${error}`),
  )

describe('a thread that behaves', () => {
  it('decodes, and leaves the body to its caller', async () => {
    const arrow = body()
    const { ndjson, rowCount } = await start().decode('arrow', arrow)
    expect(text(ndjson)).toBe('{"a":1}\n{"a":2}\n')
    expect(rowCount).toBe(2)
    expect(arrow.length).toBeGreaterThan(0)
  })

  it('refuses with the decoder’s own words, and goes on', async () => {
    const { decode } = start()
    await expect(decode('parquet', body())).rejects.toMatchObject({
      code: 'malformed_parquet',
      message: expect.stringContaining('does not end in PAR1'),
    })
    expect((await decode('arrow', body())).rowCount).toBe(2)
  })

  it('takes bodies in turn, and refuses those that find too many waiting', async () => {
    const { decode } = start({ waitingMax: 2 })
    const works = Array.from({ length: 5 }, () => refusal(decode('arrow', body())))
    expect(await Promise.all(works)).toEqual(['answered', 'answered', 'answered', 'queue_full', 'queue_full'])
    expect(await refusal(decode('arrow', body()))).toBe('answered')
  })
})

describe('a thread that does not', () => {
  it('is ended when it hangs; its body is refused, the next one is decoded', async () => {
    const hanging = misbehaving(
      'hang',
      `if (request.format === 'parquet') for (;;) {} else parentPort.postMessage({ decoded: { ndjson: request.body, rowCount: 1 } })`,
    )
    const { decode } = start({ entry: hanging, timeMsMax: 500 })
    const started = performance.now()
    const [hung, next] = await Promise.all([
      refusal(decode('parquet', body())),
      refusal(decode('arrow', body())),
    ])
    expect([hung, next]).toEqual(['timeout', 'answered'])
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('is ended when it fills its heap, and the process lives', async () => {
    const greedy = misbehaving('greedy', 'const held = []; for (;;) held.push({ held: [held.length] })')
    const { decode } = start({ entry: greedy, heapBytesMax: 32 * 2 ** 20 })
    expect(await refusal(decode('arrow', body()))).toBe('body_too_large')
  }, 30_000)

  it('is our fault when it breaks, not the producer’s', async () => {
    const broken = misbehaving('broken', `throw new TypeError('a bug')`)
    expect(await refusal(start({ entry: broken }).decode('arrow', body()))).toBe('TypeError: a bug')
    const failing = misbehaving('failing', `parentPort.postMessage({ failed: 'a bug' })`)
    expect(await refusal(start({ entry: failing }).decode('arrow', body()))).toBe(
      'Error: columnar decoder: a bug',
    )
  })

  it('is ended by close; what runs or waits is refused', async () => {
    const hanging = misbehaving('hang-all', 'for (;;) {}')
    const { decode, close } = start({ entry: hanging })
    const works = [refusal(decode('arrow', body())), refusal(decode('arrow', body()))]
    await close()
    expect(await Promise.all(works)).toEqual(['not_ready', 'not_ready'])
    expect(await refusal(decode('arrow', body()))).toBe('not_ready')
  })
})
