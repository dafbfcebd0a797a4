// What embedders say is the same on every runtime: a transformer and a server elsewhere on those that have threads, the
// static model on workerd. (The static model on the others is part of what the whole service is asked there.)

import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { type Json, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEmbedder } from '../../src/adapters/embedder-onnx.ts'
import { staticEmbedder } from '../../src/adapters/embedder-static.ts'
import { textColumn } from '../../src/base/text-column.ts'
import { embedderSchema } from '../../src/contract/embedder.ts'
import type { EmbedExports } from '../../src/engine/embed/memory.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import { binaries } from '../engine/binaries.ts'
import { modelFile } from '../engine/embed/model-file.ts'
import { texts } from './embedders/texts.ts'
import { bunExecutable, denoExecutable } from './executables.ts'

const run = promisify(execFile)
const path = 'test/golden/onnx'
// Beside the other bundles, so that they find the packages that they are run with.
const folder = `dist/embedders-${process.pid}`

interface Answer {
  id: string
  vectors: number[]
  empty: number[]
  tokenCount: number
  error?: string
}

beforeAll(async () => {
  await build({
    entryPoints: {
      process: 'test/runtime/embedders/in-process.ts',
      'onnx-thread': 'src/runtime/onnx-thread.ts',
    },
    outdir: folder,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  })
  await build({
    entryPoints: { worker: 'test/runtime/embedders/in-worker.ts' },
    outdir: folder,
    bundle: true,
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    format: 'esm',
    plugins: [
      {
        name: 'wasm-modules',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\.wasm$/ }, () => ({ path: '../wasm/engine.wasm', external: true })),
      },
    ],
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

const processes: Record<string, () => string[]> = {
  Node: () => [process.execPath],
  Bun: () => [bunExecutable()],
  Deno: () => [denoExecutable(), 'run', '--allow-net', '--allow-read', '--allow-env', '--allow-sys'],
}

describe.each(Object.keys(processes))('an embedder on %s', name => {
  async function ask(config: object, env: Record<string, string> = {}): Promise<Answer> {
    const [command, ...flags] = processes[name]!()
    const args = [...flags, join(folder, 'process.js'), JSON.stringify(config)]
    return JSON.parse((await run(command!, args, { env: { ...process.env, ...env } })).stdout)
  }

  it('that is a transformer says what it says here', async () => {
    const here = await onnxEmbedder({ ...embedderSchema.parse({}).onnx, path })
    const { vectors, empty, tokenCount } = await here.embed(textColumn(texts))
    const answer = await ask({ kind: 'onnx', onnx: { path } })
    expect(answer).toMatchObject({ id: here.id, tokenCount, empty: [...empty] })
    for (const [i, value] of vectors.entries()) expect(answer.vectors[i]).toBeCloseTo(value, 6)
  })

  it('that is a server elsewhere is asked with its key, and again when it was busy', async () => {
    const keys: unknown[] = []
    const server = createServer(async (request, response) => {
      keys.push(request.headers.authorization)
      let body = ''
      for await (const piece of request) body += piece
      if (keys.length === 1) return response.writeHead(429, { 'retry-after': '0' }).end()
      const { input } = JSON.parse(body) as { input: string[] }
      const data = input.map((text, index) => ({ index, embedding: [text.length, 0] }))
      response.end(JSON.stringify({ data, usage: { prompt_tokens: 5 } }))
    })
    const url = `${await listening(server)}/v1`
    const remote = { url, model: 'far', dims: 2, key_variable: 'FAR_KEY', retry_seconds: 0.01 }
    try {
      const answer = await ask({ kind: 'remote', remote }, { FAR_KEY: 'a-key' })
      expect(answer).toEqual({
        id: 'far@remote-2',
        vectors: texts.flatMap(text => (text === '' ? [0, 0] : [1, 0])),
        empty: texts.map(text => Number(text === '')),
        tokenCount: 5,
      })
      expect(keys).toEqual(['Bearer a-key', 'Bearer a-key'])
      const error = 'EmbedError: embedder far: embedder.remote.key_variable names FAR_KEY, which is not set'
      expect((await ask({ kind: 'remote', remote })).error).toContain(error)
    } finally {
      await new Promise(done => server.close(done))
    }
  })
})

async function listening(server: Server): Promise<string> {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the static model on workerd', () => {
  async function ask(config: Json, { bindings = {}, withAssets = true } = {}): Promise<Answer> {
    const workerd = new Miniflare({
      modulesRoot: resolve('dist'),
      modules: [
        { type: 'ESModule', path: resolve(folder, 'worker.js') },
        { type: 'CompiledWasm', path: resolve('dist/wasm/engine.wasm') },
      ],
      compatibilityDate: '2026-03-01',
      bindings: { ALLUVIUM_CONFIG: config, ...bindings },
      ...(withAssets && {
        assets: {
          directory: resolve('models'),
          binding: 'ASSETS',
          routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
        },
      }),
    })
    try {
      const asked = { method: 'POST', body: JSON.stringify(texts) }
      return (await (await workerd.dispatchFetch('http://worker/', asked)).json()) as Answer
    } finally {
      await workerd.dispose()
    }
  }

  it('gives the same bits as here, from its asset', async () => {
    const here = staticEmbedder(startKernels<EmbedExports>(binaries[0]!.module), modelFile)
    const { vectors, empty, tokenCount } = await here.embed(textColumn(texts))
    const answer = await ask({})
    expect(answer).toMatchObject({ id: here.id, empty: [...empty], tokenCount })
    expect(Float32Array.from(answer.vectors)).toEqual(vectors)
  })

  it('says what is missing where its asset, its secret, its server or its memory is', async () => {
    expect((await ask({}, { withAssets: false })).error).toMatch(/the binding ASSETS is missing/)
    const remote = {
      url: 'http://127.0.0.1:9/v1',
      model: 'far',
      dims: 8,
      key_variable: 'FAR_KEY',
      retries_max: 0,
    }
    const far = { embedder: { kind: 'remote', remote } }
    expect((await ask(far)).error).toMatch(/names FAR_KEY, which is no secret of the Worker/)
    expect((await ask(far, { bindings: { FAR_KEY: 'secret' } })).error).toMatch(
      /embedder far: it can’t be reached/,
    )
    const onnx = { embedder: { kind: 'onnx', onnx: { path: 'x' } } }
    expect((await ask(onnx)).error).toMatch(/a transformer takes more memory than a Worker has/)
  })
})
