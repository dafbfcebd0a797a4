// The tiny transformer of models/make/tiny_onnx.py, against what numpy makes of its definition; and all-MiniLM-L6-v2 where
// ALLUVIUM_TEST_ONNX names a folder with its tokenizer.json, model.onnx and reference.json.

import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEmbedder } from '../../src/adapters/embedder-onnx.ts'
import { textColumn } from '../../src/base/text-column.ts'
import { embedderSchema, type OnnxConfig } from '../../src/contract/embedder.ts'
import { type Embedder, EmbedError } from '../../src/ports/embedder.ts'
import { describeEmbedder } from '../ports/embedder.suite.ts'

const golden = 'test/golden/onnx'
interface Case {
  text: string
  ids: number[]
  mean?: number[]
  cls?: number[]
}
const cases = JSON.parse(readFileSync(join(golden, 'expected.json'), 'utf8')) as Case[]
const worked = cases.filter(({ mean }) => mean !== undefined)

function open(options: Partial<OnnxConfig> = {}): Promise<Embedder> {
  return onnxEmbedder({ ...embedderSchema.parse({}).onnx, path: golden, ...options })
}

async function errorOf(promise: Promise<unknown>): Promise<EmbedError> {
  const error = await promise.then(
    () => undefined,
    thrown => thrown,
  )
  expect(error).toBeInstanceOf(EmbedError)
  return error as EmbedError
}

async function vectorsOf(embedder: Embedder, texts: string[]): Promise<number[][]> {
  const { vectors } = await embedder.embed(textColumn(texts))
  return texts.map((_, i) => [...vectors.subarray(i * embedder.dims, (i + 1) * embedder.dims)])
}

function expectClose(found: readonly number[], expected: readonly number[], text: string) {
  const apart = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))
  expect(apart, JSON.stringify(text)).toBeLessThan(2e-5)
}

describeEmbedder('ONNX, the mean of tokens', () => open())
describeEmbedder('ONNX, the first token', () => open({ pooling: 'cls' }))

describe('the ONNX embedder', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alluvium-onnx-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** A folder of the model's files, some of them others or missing. */
  async function folderOf(name: string, files: Record<string, string | Uint8Array | undefined> = {}) {
    const path = join(folder, name)
    await mkdir(path)
    for (const file of ['model.onnx', 'tokenizer.json', 'config.json'])
      if (!(file in files)) await copyFile(join(golden, file), join(path, file))
    for (const [file, content] of Object.entries(files)) {
      if (content === undefined) continue
      await mkdir(join(path, file, '..'), { recursive: true })
      await writeFile(join(path, file), content)
    }
    return path
  }
  const pooledModel = readFileSync(join(golden, 'pooled.onnx'))
  const poolingFile = (mode: string) =>
    JSON.stringify({ word_embedding_dimension: 16, [`pooling_mode_${mode}`]: true })

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['without a model', { 'model.onnx': undefined }, /there is no model.onnx/],
    ['without a tokenizer', { 'tokenizer.json': undefined }, /there is no tokenizer.json/],
    ['with a model that is none', { 'model.onnx': 'not a model' }, /holds no model that can be used/],
    ['with another tokenizer', { 'tokenizer.json': '{"model":{"type":"BPE"}}' }, /added_tokens/],
    ['with a config that is none', { 'config.json': '{' }, /holds no model that can be used/],
    [
      'with another pooling',
      { '1_Pooling/config.json': poolingFile('max_tokens') },
      /asks for pooling_mode_max_tokens/,
    ],
  ])('refuses a folder %s, and says which', async (name, files, message) => {
    const error = await errorOf(open({ path: await folderOf(name.replaceAll(' ', '-'), files) }))
    expect(error.message).toMatch(message)
    expect(error.isTransient).toBe(false)
  })

  it('refuses to take the first token of a model that gives none', async () => {
    const path = await folderOf('pooled-cls', { 'model.onnx': pooledModel })
    expect((await errorOf(open({ path, pooling: 'cls' }))).message).toContain('it gives sentence_embedding')
  })

  it.each(['mean', 'cls'] as const)('gives the vectors of the definition, by %s', async pooling => {
    const embedder = await open({ pooling, run_tokens_max: 128 })
    const texts = worked.map(({ text }) => text)
    const found = await vectorsOf(embedder, texts)
    const { empty } = await embedder.embed(textColumn(texts))
    for (const [i, one] of worked.entries()) {
      if (empty[i])
        expect(
          one.ids.slice(1, -1).every(id => id === 1),
          one.text,
        ).toBe(true)
      else expectClose(found[i]!, one[pooling]!, one.text)
    }
    expect(empty.reduce((sum, value) => sum + value, 0)).toBeLessThan(5)
  })

  it('takes the vectors of a model that pools by itself, and wants no more inputs than it does', async () => {
    const embedder = await open({ path: await folderOf('pooled', { 'model.onnx': pooledModel }) })
    const found = await vectorsOf(
      embedder,
      worked.map(({ text }) => text),
    )
    for (const [i, { text, mean }] of worked.entries())
      if (found[i]!.some(value => value !== 0)) expectClose(found[i]!, mean!, text)
  })

  it('pools as sentence-transformers’ own file says, where nobody says otherwise', async () => {
    const path = await folderOf('as-told', { '1_Pooling/config.json': poolingFile('cls_token') })
    const { text, cls, mean } = worked[1]!
    expectClose((await vectorsOf(await open({ path }), [text]))[0]!, cls!, text)
    expectClose((await vectorsOf(await open({ path, pooling: 'mean' }), [text]))[0]!, mean!, text)
  })

  it('is named by its folder, or as it is told, and by the hash of all that shapes a vector', async () => {
    const { id, dims } = await open()
    expect(id).toMatch(/^onnx@[0-9a-f]{12}$/)
    expect(dims).toBe(16)
    expect((await open({ run_tokens_max: 64 })).id).toBe(id)
    expect((await open({ name: 'tiny' })).id).toBe(id.replace('onnx', 'tiny'))
    const others = await Promise.all([open({ pooling: 'cls' }), open({ tokens_max: 10 })])
    expect(new Set([id, ...others.map(other => other.id)]).size).toBe(3)
  })

  it('reads as many tokens as it is set to, and no more than the model has places for', async () => {
    const short = await open({ tokens_max: 4 })
    const [two, three] = await vectorsOf(short, ['gold sand', 'gold sand clay'])
    expect(three).toEqual(two)
    expect((await short.embed(textColumn(['gold sand clay']))).tokenCount).toBe(2)
    const most = async (path: string) =>
      (await (await open({ path, tokens_max: 8192 })).embed(textColumn(['gold '.repeat(500)]))).tokenCount
    expect(await most(golden)).toBe(62)
    const counting = '{"model_type":"mpnet","max_position_embeddings":64}'
    expect(await most(await folderOf('from-padding', { 'config.json': counting }))).toBe(61)
  })

  it('gives a text the same vector in whatever company', async () => {
    const embedder = await open()
    const texts = worked.map(({ text }) => text)
    const together = await vectorsOf(embedder, texts)
    for (const [i, text] of texts.entries())
      expectClose((await vectorsOf(embedder, [text]))[0]!, together[i]!, text)
  })

  it('ends between runs for a caller who is gone', async () => {
    const embedder = await open({ run_tokens_max: 64 })
    const gone = new AbortController()
    const embedding = embedder.embed(textColumn(Array(400).fill('layers of gold and sand')), {
      signal: gone.signal,
    })
    gone.abort(new Error('gone'))
    await expect(embedding).rejects.toThrow('gone')
  })

  it('reads its files from below a URL too', async () => {
    const server = createServer((request, response) => {
      const path = join(golden, request.url!.replace('/models/tiny/', ''))
      if (existsSync(path)) response.end(readFileSync(path))
      else response.writeHead(404).end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const { id } = await open({ path: `${origin}/models/tiny/` })
      expect(id).toBe((await open()).id.replace('onnx', 'tiny'))
      expect((await errorOf(open({ path: `${origin}/models/other` }))).isTransient).toBe(false)
    } finally {
      await new Promise(resolve => server.close(resolve))
    }
    expect((await errorOf(open({ path: `${origin}/models/tiny` }))).isTransient).toBe(true)
  })
})

const real = process.env.ALLUVIUM_TEST_ONNX
describe('all-MiniLM-L6-v2', () => {
  it.skipIf(real === undefined)(
    'gives its reference vectors (ALLUVIUM_TEST_ONNX names no folder of it)',
    async () => {
      const reference = JSON.parse(readFileSync(join(real!, 'reference.json'), 'utf8')) as {
        text: string
        vector: number[]
      }[]
      const embedder = await open({ path: real! })
      const found = await vectorsOf(
        embedder,
        reference.map(({ text }) => text),
      )
      for (const [i, { text, vector }] of reference.entries()) expectClose(found[i]!, vector, text)
    },
  )
})
