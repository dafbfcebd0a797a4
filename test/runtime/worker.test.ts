// What is the Worker's own: keys and settings from bindings, and an object that may end without notice.

import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json, Miniflare } from 'miniflare'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeHead, encodeFrame, headBytes } from '../../src/adapters/log-frame.ts'
import type { R2Bucket } from '../../src/adapters/r2.ts'
import { type Client, clientOf, problemOf, until } from '../e2e/client.ts'
import { announced } from './announced.ts'
import { startWorkerd } from './workerd.ts'

let folder: string
let workerd: Miniflare
let url: string
let client: Client

async function start(vars: Record<string, Json>) {
  workerd = await startWorkerd(folder, vars)
  url = (await workerd.ready).origin
  client = clientOf({ url })
}

const quiet = { log_level: 'silent', retention_days: 36_500 }
const [first, second] = ['a', 'b'].map(id => `{"id":"${id}","time":"2026-01-01T00:00:00Z"}`) as [
  string,
  string,
]

/** A bucket as tests want it: they look, and they meddle. */
type Bucket = R2Bucket & { put(key: string, value: Uint8Array): Promise<unknown> }

async function openBucket(): Promise<Bucket> {
  return (await workerd.getR2Bucket('BUCKET')) as unknown as Bucket
}

async function keysIn(bucket: Bucket, prefix: string): Promise<string[]> {
  return (await bucket.list({ prefix })).objects.map(({ key }) => key)
}

describe('the Worker', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alluvium-worker-'))
  })
  afterEach(async () => {
    await workerd.dispose()
    await rm(folder, { recursive: true })
  })

  it('ends an object that is not the only writer, and an alarm brings back one that has everything', async () => {
    await start({ ALLUVIUM_CONFIG: { ...quiet, limits: { flush_seconds: 1 } } })
    const bucket = await openBucket()
    await client.send(first)
    // Another writer takes the next place in the log, as an object might that doesn't know yet that it was replaced.
    const kept = await bucket.get('default/log/0000000000000001')
    const frame = new Uint8Array(await kept!.arrayBuffer())
    const head = decodeHead(frame)!
    const header = JSON.parse(Buffer.from(frame.subarray(headBytes, headBytes + head.headerBytes)).toString())
    const body = Buffer.from(second)
    const other = encodeFrame({ seq: 2, kind: 'batch', header, body })
    await bucket.put('default/log/0000000000000002', new Uint8Array([...other, ...body]))
    expect(problemOf(await client.post('{"id":"c"}'))).toBe('503 not_ready')

    // From here on nobody calls.
    await until('parts', async () => (await keysIn(bucket, 'default/store/default/events/')).length > 0)
    await until('an empty log', async () => (await keysIn(bucket, 'default/log/')).length === 0)
    expect((await client.lines('', 1000)).map(({ payload }) => payload.toString())).toEqual([first, second])
  })

  it('takes its keys from a secret, and keeps tenants and stores apart', async () => {
    const ALLUVIUM_API_KEYS =
      'a:left:ingest+query:left-secret-0123456789,b:right:query:right-secret-0123456789'
    await start({ ALLUVIUM_API_KEYS, ALLUVIUM_STORE: 'mine', ALLUVIUM_CONFIG: quiet })
    const left = clientOf({ url }, { authorization: 'Bearer left-secret-0123456789' })
    const right = clientOf({ url }, { authorization: 'Bearer right-secret-0123456789' })
    expect(problemOf(await client.post(first))).toBe('401 unauthorized')
    expect(problemOf(await right.post(first))).toBe('403 forbidden')
    await left.send(first)
    expect(await left.lines('', 1000)).toHaveLength(1)
    expect(await right.lines('', 1000)).toHaveLength(0)
    expect((await keysIn(await openBucket(), '')).filter(key => !key.startsWith('mine/'))).toEqual([])
  })

  it.each([
    ['is misspelt', { retention_day: 30 }],
    ['wants what a Worker lacks', { embedder: { kind: 'onnx', onnx: { path: 'model' } } }],
  ])('says that it is not ready while a binding %s', async (_, config) => {
    await start({ ALLUVIUM_CONFIG: config })
    const answer = await client.get('/readyz')
    expect(problemOf(answer)).toBe('503 not_ready')
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  it('has bounds that fit its memory, which can be set', async () => {
    await start({ ALLUVIUM_CONFIG: { ...quiet, limits: { event_depth_max: 2 } } })
    expect(await announced(url, 3 * 1024 * 1024)).toBe(413)
    const { receipts } = await client.send('{"a":{"b":{"c":1}}}')
    expect(receipts).toMatchObject([{ outcome: 'quarantined', code: 'too_deep' }])
  })
})

describe('wrangler.toml', () => {
  it('names what the Worker wants, and the Worker wants nothing of Node', () => {
    const text = readFileSync('wrangler.toml', 'utf8')
    for (const line of [
      'main = "dist/worker.js"',
      'binding = "BUCKET"',
      'binding = "ASSETS"',
      'directory = "dist/models"',
      'name = "STORE"',
      'class_name = "AlluviumStore"',
      'new_sqlite_classes = ["AlluviumStore"]',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(readFileSync('dist/worker.js', 'utf8')).not.toMatch(/(from|import)\s*\(?["']node:/)
  })
})
