import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { staticEmbedder } from '../../src/adapters/embedder-static.ts'
import { textColumn } from '../../src/base/text-column.ts'
import type { EmbedExports } from '../../src/engine/embed/memory.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import { type Embedder, EmbedError } from '../../src/ports/embedder.ts'
import { binaries } from '../engine/binaries.ts'
import { modelFile } from '../engine/embed/model-file.ts'
import { bearer, type HarnessOptions, harness, keyRing, problemIn, secrets } from './harness.ts'

const embedder = staticEmbedder(startKernels<EmbedExports>(binaries[0]!.module), modelFile)

interface Embeddings<Embedding = number[]> {
  object: string
  data: { object: string; index: number; embedding: Embedding }[]
  model: string
  usage: { prompt_tokens: number; total_tokens: number }
}

function embedding(options: HarnessOptions = { embedder: async () => embedder }) {
  const { app } = harness(options)
  const post = async (body: unknown, headers: object = {}) =>
    app.request('/v1/embeddings', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: (typeof body === 'string' || body instanceof Uint8Array
        ? body
        : JSON.stringify(body)) as BodyInit,
    })
  const embed = async <Embedding = number[]>(body: object) =>
    (await (await post(body)).json()) as Embeddings<Embedding>
  return { post, embed }
}

const lengthOf = (vector: readonly number[]) => Math.hypot(...vector)

describe('POST /v1/embeddings', () => {
  it('answers as OpenAI does', async () => {
    const { post } = embedding()
    const response = await post({ input: ['card declined', 'gold'], model: embedder.id, user: 'u7' })
    expect(response.headers.get('content-type')).toBe('application/json')
    const { data, ...rest } = (await response.json()) as Embeddings
    expect(rest).toEqual({
      object: 'list',
      model: embedder.id,
      usage: { prompt_tokens: 3, total_tokens: 3 },
    })
    expect(data.map(({ object, index }) => [object, index])).toEqual([
      ['embedding', 0],
      ['embedding', 1],
    ])
    const { vectors } = await embedder.embed(textColumn(['card declined', 'gold']))
    expect(data.flatMap(one => one.embedding)).toEqual([...vectors])
  })

  it('takes one text for a list of one, and the name of the model for its id', async () => {
    const { embed } = embedding()
    const one = await embed({ input: 'gold', model: 'static-minilm-256' })
    expect(one).toEqual(await embed({ input: ['gold'] }))
  })

  it('gives the same numbers in base64', async () => {
    const { embed } = embedding()
    const input = ['gold', 'sand', '']
    const floats = await embed({ input, encoding_format: 'float', dimensions: 100 })
    const packed = await embed<string>({ input, encoding_format: 'base64', dimensions: 100 })
    for (const [i, { embedding }] of packed.data.entries()) {
      const bytes = Buffer.from(embedding, 'base64')
      const numbers = Array.from({ length: 100 }, (_, j) => bytes.readFloatLE(4 * j))
      expect(bytes.length).toBe(400)
      expect(numbers).toEqual(floats.data[i]!.embedding)
    }
  })

  it('cuts vectors to the dimensions that are asked for, of length 1 again', async () => {
    const { embed } = embedding()
    const whole = (await embed({ input: 'gold' })).data[0]!.embedding
    for (const dimensions of [1, 2, 64, 255, 256]) {
      const cut = (await embed({ input: 'gold', dimensions })).data[0]!.embedding
      expect(cut.length).toBe(dimensions)
      expect(lengthOf(cut)).toBeCloseTo(1, 6)
      const share = lengthOf(whole.slice(0, dimensions))
      for (const [i, value] of cut.entries()) expect(value).toBeCloseTo(whole[i]! / share, 6)
    }
  })

  it('gives zeros for a text without a known word, cut or not', async () => {
    const { embed } = embedding()
    for (const dimensions of [256, 3]) {
      const { data, usage } = await embed({ input: ['', ' \n', '\0'], dimensions })
      for (const { embedding } of data) expect(embedding).toEqual(Array(dimensions).fill(0))
      expect(usage.total_tokens).toBe(0)
    }
  })

  it('embeds many texts and long ones in slices, each as it would be alone', async () => {
    const calls: number[] = []
    const counting: Embedder = {
      ...embedder,
      embed: texts => {
        calls.push(texts.offsets.length - 1)
        return embedder.embed(texts)
      },
    }
    const { embed } = embedding({ embedder: async () => counting })
    const many = Array.from({ length: embedder.batchTextsMax }, (_, i) => `event number ${i}`)
    const { data, usage } = await embed({ input: many, dimensions: 8 })
    expect(Math.max(...calls)).toBe(256)
    expect(data.map(({ index }) => index)).toEqual(many.map((_, i) => i))
    for (const i of [0, 255, 256, 4095]) {
      const alone = await embed({ input: many[i], dimensions: 8 })
      expect(data[i]!.embedding).toEqual(alone.data[0]!.embedding)
    }
    expect(usage.total_tokens).toBeGreaterThan(3 * many.length)
    calls.length = 0
    await embed({ input: Array(5).fill('layers of gold. '.repeat(10_000)) })
    expect(calls).toEqual([1, 1, 1, 1, 1])
  })

  it('gives an embedder no more texts at once than it takes', async () => {
    const calls: number[] = []
    const small: Embedder = {
      ...embedder,
      batchTextsMax: 100,
      embed: texts => {
        calls.push(texts.offsets.length - 1)
        return embedder.embed(texts)
      },
    }
    await embedding({ embedder: async () => small }).embed({ input: Array(250).fill('gold') })
    expect(calls).toEqual([100, 100, 50])
  })

  it('embeds no more for a client that has gone', async () => {
    const gone = new AbortController()
    let callCount = 0
    const leaving: Embedder = {
      ...embedder,
      embed: (texts, options) => {
        if (++callCount === 2) gone.abort(new Error('gone'))
        return embedder.embed(texts, options)
      },
    }
    const { app, log } = harness({ embedder: async () => leaving })
    await app.request('/v1/embeddings', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: Array(2000).fill('gold') }),
      signal: gone.signal,
    })
    expect(callCount).toBe(2)
    expect(log.map(({ level }) => level)).toEqual(['warn'])
  })

  it('takes a model’s name that has an @ of its own', async () => {
    const named = { ...embedder, id: '@cf/baai/bge-m3@remote-256' }
    const { post } = embedding({ embedder: async () => named })
    expect((await post({ input: 'a', model: '@cf/baai/bge-m3' })).status).toBe(200)
    expect((await post({ input: 'a', model: '@cf/baai' })).status).toBe(400)
  })

  it('lets others have their turn between slices', async () => {
    let turns = 0
    const clock = {
      nowMs: () => 0,
      after(delayMs: number, callback: () => void) {
        if (delayMs === 0) turns++
        const timer = setTimeout(callback, delayMs)
        return () => clearTimeout(timer)
      },
    }
    const { embed } = embedding({ embedder: async () => embedder, clock })
    await embed({ input: Array(600).fill('gold') })
    expect(turns).toBe(2 + 9) // embedded in 3 slices, written in 10
  })

  it('takes a compressed body', async () => {
    const { post } = embedding()
    const response = await post(gzipSync('{"input":"gold"}'), { 'content-encoding': 'gzip' })
    expect(response.status).toBe(200)
  })

  it.each<[string, unknown, string, string]>([
    ['nothing', {}, 'body.input', 'is missing'],
    ['no texts', { input: [] }, 'body.input', 'at least one text'],
    ['token numbers', { input: [1, 2] }, 'body.input', 'send the texts'],
    ['lists of token numbers', { input: [[1, 2]] }, 'body.input', 'send the texts'],
    ['what is no text', { input: ['a', null] }, 'body.input', 'a text or a list of texts'],
    ['too many texts', { input: Array(4097).fill('') }, 'body.input', 'at most 4096'],
    ['a text that is too long', { input: ['a', 'b'.repeat(1_048_577)] }, 'body.input[1]', '1048576'],
    ['another model', { input: 'a', model: 'text-embedding-3-small' }, 'body.model', 'static-minilm-256 is'],
    ['another version', { input: 'a', model: 'static-minilm-256@0' }, 'body.model', 'static-minilm-256 is'],
    ['no dimensions', { input: 'a', dimensions: 0 }, 'body.dimensions', '>=1'],
    ['too many dimensions', { input: 'a', dimensions: 257 }, 'body.dimensions', 'at most 256'],
    ['half a dimension', { input: 'a', dimensions: 1.5 }, 'body.dimensions', 'int'],
    ['another encoding', { input: 'a', encoding_format: 'hex' }, 'body.encoding_format', 'base64'],
    ['a misspelt field', { input: 'a', dimension: 3 }, 'body.dimension', 'did you mean dimensions?'],
  ])('refuses %s', async (_, body, path, hint) => {
    const problem = await problemIn(await embedding().post(body))
    expect(problem).toMatchObject({ status: 400, code: 'bad_request', errors: [{ path }] })
    expect(problem.detail).toContain(hint)
  })

  it('refuses a body that is none, of another type, or over the bound', async () => {
    const { post } = embedding({ embedder: async () => embedder, limits: { body_bytes_max: 100 } })
    expect(await problemIn(await post('{"input"'))).toMatchObject({ status: 400, code: 'bad_request' })
    expect(await problemIn(await post(' '))).toMatchObject({ status: 400, code: 'empty_body' })
    expect((await post('{"input":"a"}', { 'content-type': 'application/x-ndjson' })).status).toBe(415)
    expect((await post({ input: 'a'.repeat(100) })).status).toBe(413)
  })

  it('says where texts are not embedded', async () => {
    const problem = await problemIn(await embedding({}).post({ input: 'gold' }))
    expect(problem).toMatchObject({ status: 501, code: 'not_implemented' })
    expect(problem.detail).toContain('no embedder is configured')
  })

  it('tells what is wrong in the words of OpenAI too', async () => {
    const problem = await problemIn(await embedding().post({ input: 'a', dimensions: 999 }))
    const { detail: message, code } = problem
    expect(problem).toMatchObject({ error: { message, code, type: code, param: 'body.dimensions' } })
  })

  it('tells a failure that may pass from one that stays', async () => {
    const failing = (isTransient: boolean) => async () => ({
      ...embedder,
      embed: () => Promise.reject(new EmbedError('far', 'it is away', { isTransient })),
    })
    const passing = await embedding({ embedder: failing(true) }).post({ input: 'a' })
    expect(passing.headers.get('retry-after')).toBe('1')
    expect(await problemIn(passing)).toMatchObject({ status: 503, code: 'not_ready' })
    expect((await embedding({ embedder: failing(false) }).post({ input: 'a' })).status).toBe(500)
  })

  it('wants the scope query, and asks for no embedder before', async () => {
    const untouched = () => Promise.reject(new Error('it was asked for'))
    const closed = embedding({ embedder: untouched, keys: await keyRing() })
    expect((await closed.post({ input: 'a' })).status).toBe(401)
    expect((await closed.post({ input: 'a' }, bearer(secrets.ingest))).status).toBe(403)
    expect((await closed.post({ input: 'a' }, bearer(secrets.query))).status).toBe(500)
  })
})
