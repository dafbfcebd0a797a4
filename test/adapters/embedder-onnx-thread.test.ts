import { rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEmbedder } from '../../src/adapters/embedder-onnx.ts'
import { onnxThread } from '../../src/adapters/embedder-onnx-thread.ts'
import { textColumn } from '../../src/base/text-column.ts'
import { embedderSchema } from '../../src/contract/embedder.ts'
import { EmbedError } from '../../src/ports/embedder.ts'
import { describeEmbedder } from '../ports/embedder.suite.ts'

// Beside the other bundles, so that it finds the runtime's package.
const outfile = `dist/onnx-thread-${process.pid}.mjs`
const entry = pathToFileURL(outfile)
const config = { ...embedderSchema.parse({}).onnx, path: 'test/golden/onnx' }

beforeAll(() =>
  build({
    entryPoints: ['src/runtime/onnx-thread.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  }),
)
afterAll(() => rmSync(outfile))

describeEmbedder('ONNX, in a thread', () => onnxThread(entry, config))

describe('the thread of a transformer', () => {
  it('gives what the transformer gives, and is named as it is', async () => {
    const texts = textColumn(['layers of gold', '', 'the payment was declined'])
    const [far, here] = await Promise.all([onnxThread(entry, config), onnxEmbedder(config)])
    expect(far.id).toBe(here.id)
    expect(await far.embed(texts)).toEqual(await here.embed(texts))
  })

  it('says what is wrong with its files as the transformer does', async () => {
    const opening = onnxThread(entry, { ...config, path: 'test' })
    await expect(opening).rejects.toThrow(EmbedError)
    await expect(opening).rejects.toThrow(/^embedder test: test holds no model .* no model.onnx$/)
  })

  it('fails what is under way when it ends, and is started anew for the next call', async () => {
    const mortal = `
      import { parentPort } from 'node:worker_threads'
      const opened = { id: 'mortal@1', dims: 1, batchTextsMax: 8 }
      const embedded = { vectors: new Float32Array(1), empty: new Uint8Array(1), tokenCount: 1 }
      parentPort.on('message', ({ id, method, args: [texts] }) => {
        if (method === 'embed' && new TextDecoder().decode(texts.data) === 'die') process.exit(1)
        parentPort.postMessage({ kind: 'reply', id, value: method === 'open' ? opened : embedded })
      })`
    const embedder = await onnxThread(new URL(`data:text/javascript,${encodeURIComponent(mortal)}`), config)
    const ask = (text: string) => embedder.embed(textColumn([text]))
    expect((await ask('live')).tokenCount).toBe(1)
    for (let death = 0; death < 2; death++) {
      const calls = await Promise.allSettled([ask('die'), ask('live')])
      for (const call of calls) {
        expect(call.status).toBe('rejected')
        expect((call as PromiseRejectedResult).reason).toBeInstanceOf(EmbedError)
        expect((call as PromiseRejectedResult).reason.isTransient).toBe(true)
      }
      const revived = await Promise.all([ask('live'), ask('live')])
      expect(revived.map(({ tokenCount }) => tokenCount)).toEqual([1, 1])
    }
  })

  it('lets a caller go at once who is gone', async () => {
    const embedder = await onnxThread(entry, config)
    const gone = new AbortController()
    const embedding = embedder.embed(textColumn(Array(500).fill('gold and sand')), { signal: gone.signal })
    gone.abort(new Error('gone'))
    await expect(embedding).rejects.toThrow('gone')
    expect((await embedder.embed(textColumn(['gold']))).empty[0]).toBe(0)
  })
})
