// The embedder that is a transformer from files: tokenizer.json, model.onnx and config.json, as sentence-transformers and
// Hugging Face's exporters lay them. It runs in WASM in the thread that asks, some hundred texts a second for a model of
// six layers, and gives way between runs.
//
// How a text's run is filled up can change the last bits of its vector, never more.

import { z } from 'zod'
import { assert } from '../base/assert.ts'
import { fromUtf8, toHex, toUtf8 } from '../base/bytes.ts'
import { type TextColumn, textCountOf } from '../base/text-column.ts'
import type { OnnxConfig } from '../contract/embedder.ts'
import { type Embedder, EmbedError } from '../ports/embedder.ts'
import { type ModelFiles, modelFiles } from './embedder-onnx-files.ts'
import type { Pooling } from './embedder-onnx-pooling.ts'
import { planRuns } from './embedder-onnx-runs.ts'
import { openTransformer } from './embedder-onnx-session.ts'
import { readTokenizer, type Tokens } from './embedder-onnx-tokenizer.ts'
import { toUnitLength } from './unit-length.ts'

/** Texts of like length meet in a run, so a call has enough of them to choose from. */
const batchTextsMax = 512
/** What is looked at of a text. */
const textBytesMax = 131_072
const idHashBytes = 6

/** @throws EmbedError saying which file is missing or what it holds that can't be used */
export async function onnxEmbedder(config: OnnxConfig): Promise<Embedder> {
  const { path } = config
  assert(path !== undefined, 'a model that is configured')
  const files = modelFiles(path)
  const name = config.name ?? files.name
  try {
    return await open(name, files, config)
  } catch (cause) {
    if (cause instanceof EmbedError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EmbedError(name, `${path} holds no model that can be used: ${reason}`, { cause })
  }
}

async function open(name: string, files: ModelFiles, config: OnnxConfig): Promise<Embedder> {
  const parts = await readParts(files)
  const pooling = poolingOf(config.pooling, parts.pooling)
  const tokenizer = readTokenizer(fromUtf8(parts.tokenizer))
  const padId = tokenizer.padId ?? parts.config.pad_token_id ?? 0
  const tokensMax = Math.min(config.tokens_max, placesOf(parts.config, padId))
  const { dims, run } = await openTransformer(parts.model, { pooling, padId })
  const id = `${name}@${await hashOf([parts.model, parts.tokenizer, toUtf8(`${pooling} ${tokensMax}`)])}`

  return {
    id,
    dims,
    batchTextsMax,
    async embed(texts, { signal } = {}) {
      const count = textCountOf(texts)
      assert(count <= batchTextsMax, 'no more texts than a call takes')
      signal?.throwIfAborted()
      const tokens = Array.from({ length: count }, (_, text) =>
        tokenizer.encode(textAt(texts, text), tokensMax),
      )
      const vectors = new Float32Array(count * dims)
      const empty = Uint8Array.from(tokens, ({ isKnown }) => Number(!isKnown))
      const lengths = Uint32Array.from(tokens, ({ ids, isKnown }) => (isKnown ? ids.length : 0))
      for (const group of planRuns(lengths, config.run_tokens_max)) {
        const pooled = await run(Array.from(group, text => tokens[text]!.ids))
        for (const [i, text] of group.entries()) {
          const vector = vectors.subarray(text * dims, (text + 1) * dims)
          vector.set(pooled.subarray(i * dims, (i + 1) * dims))
          const length = toUnitLength(vector)
          if (!Number.isFinite(length)) throw new EmbedError(name, 'a vector that is no number')
          if (length === 0) empty[text] = 1
        }
        await givingWay()
        signal?.throwIfAborted()
      }
      return {
        vectors,
        empty,
        tokenCount: tokens.reduce((sum, text: Tokens) => sum + text.textTokenCount, 0),
      }
    },
  }
}

const modelConfigSchema = z.object({
  model_type: z.string().nullish(),
  max_position_embeddings: z.int().positive().nullish(),
  pad_token_id: z.int().min(0).nullish(),
})
type ModelConfig = z.output<typeof modelConfigSchema>

/** Models that count places from the one behind their padding's number on, and so have fewer than they state. */
const countsFromPadding = new Set(['mpnet', 'roberta', 'xlm-roberta', 'camembert'])

/** @returns tokens of a text that the model has places for */
function placesOf({ model_type, max_position_embeddings: stated }: ModelConfig, padId: number): number {
  if (!stated) return Infinity
  return countsFromPadding.has(model_type ?? '') ? stated - padId - 1 : stated
}

async function readParts(files: ModelFiles) {
  const wanted = async (file: string) => {
    const bytes = await files.read(file)
    if (bytes) return bytes
    throw new Error(`there is no ${file}`)
  }
  const json = async (file: string) => {
    const bytes = await files.read(file)
    return bytes === undefined ? {} : (JSON.parse(fromUtf8(bytes)) as object)
  }
  return {
    // Hugging Face keeps exports in a folder of their own.
    model: (await files.read('onnx/model.onnx')) ?? (await wanted('model.onnx')),
    tokenizer: await wanted('tokenizer.json'),
    config: modelConfigSchema.parse(await json('config.json')),
    pooling: (await json('1_Pooling/config.json')) as Record<string, unknown>,
  }
}

/** What sentence-transformers writes says it, where nobody has set it. */
function poolingOf(told: OnnxConfig['pooling'], file: Record<string, unknown>): Pooling {
  if (told !== 'auto') return told
  const modes = Object.keys(file).filter(key => key.startsWith('pooling_mode_') && file[key] === true)
  if (modes.length === 0) return 'own'
  if (modes.length === 1 && modes[0] === 'pooling_mode_cls_token') return 'cls'
  if (modes.length === 1 && modes[0] === 'pooling_mode_mean_tokens') return 'mean'
  throw new Error(`1_Pooling/config.json asks for ${modes.join(' and ')}: expected mean or cls tokens`)
}

/** What is no UTF-8 is left out, a sequence cut at the bound with it. */
function textAt({ data, offsets }: TextColumn, text: number): string {
  const start = offsets[text]!
  const end = Math.min(offsets[text + 1]!, start + textBytesMax)
  return fromUtf8(data.subarray(start, end)).replaceAll('\ufffd', '')
}

/** Lets others in this thread have their turn, and a caller say that it is gone. */
function givingWay(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve))
}

/** Of all that shapes a vector. */
async function hashOf(parts: readonly Uint8Array<ArrayBuffer>[] | readonly Uint8Array[]): Promise<string> {
  const digests = await Promise.all(
    parts.map(part => crypto.subtle.digest('SHA-256', part as Uint8Array<ArrayBuffer>)),
  )
  const whole = new Uint8Array(digests.flatMap(digest => [...new Uint8Array(digest)]))
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)).subarray(0, idHashBytes))
}
