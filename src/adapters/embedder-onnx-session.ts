// A transformer in ONNX Runtime's WASM build: tokens of some texts in, one vector a text out. What exporters call inputs
// and outputs is known here and nowhere else.

import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import { type Pooling, poolCls, poolMean } from './embedder-onnx-pooling.ts'

export interface TransformerOptions {
  pooling: Pooling
  /** what shorter texts of a run are filled up with; some models tell places by it */
  padId: number
}

export interface Transformer {
  dims: number
  /** @returns f32[texts × dims], not of length 1 */
  run(texts: readonly Int32Array[]): Promise<Float32Array>
}

class BadModel extends Error {
  override name = 'BadModel'
}

/** Tokens' vectors, by the names that exporters give them. */
const tokenOutputs = ['last_hidden_state', 'token_embeddings']
/** What a model that pools by itself gives. */
const textOutput = 'sentence_embedding'

/** @throws BadModel when it takes or gives what a text embedder doesn't; what the runtime throws for bytes that are no model */
export async function openTransformer(
  model: Uint8Array,
  { pooling, padId }: TransformerOptions,
): Promise<Transformer> {
  // Loaded when it is wanted: it is 14 MB of WASM, which nobody should pay for who does without.
  const ort = await import('onnxruntime-web/wasm')
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  })
  const inputs = inputsOf(session)
  const output = outputOf(session, pooling)

  async function run(texts: readonly Int32Array[]): Promise<{ pooled: Float32Array; dims: number }> {
    const shape = { count: texts.length, width: Math.max(...texts.map(({ length }) => length)) }
    const feeds: Record<string, Tensor> = {}
    for (const { name, type, valueAt } of inputs) {
      const cells = valuesOf(texts, shape, (ids, place) => valueAt(ids[place], padId))
      const data = type === 'int64' ? BigInt64Array.from(cells, BigInt) : cells
      feeds[name] = new ort.Tensor(type, data as Int32Array, [shape.count, shape.width])
    }
    const tensor = (await session.run(feeds, [output]))[output]!
    const dims = tensor.dims.at(-1)!
    const isPooled = tensor.dims.join() === [shape.count, dims].join()
    const isByToken = tensor.dims.join() === [shape.count, shape.width, dims].join()
    if (tensor.type !== 'float32' || !(isPooled || isByToken)) {
      const found = `${tensor.type}[${tensor.dims}]`
      throw new BadModel(`its output ${output} is ${found}: expected float32, a vector a text or a token`)
    }
    const values = tensor.data as Float32Array
    if (isPooled) return { pooled: values, dims }
    const pool = pooling === 'cls' ? poolCls : poolMean
    const lengths = texts.map(({ length }) => length)
    return { pooled: pool(values, { lengths, width: shape.width, dims }), dims }
  }

  const { dims } = await run([Int32Array.of(padId, padId)])
  return { dims, run: async texts => (await run(texts)).pooled }
}

interface Input {
  name: string
  type: 'int64' | 'int32'
  /** @param id  undefined beyond the text's end */
  valueAt(id: number | undefined, padId: number): number
}

const inputValues: Record<string, Input['valueAt']> = {
  input_ids: (id, padId) => id ?? padId,
  attention_mask: id => (id === undefined ? 0 : 1),
  token_type_ids: () => 0,
}

function inputsOf({ inputMetadata }: InferenceSession): Input[] {
  const inputs = inputMetadata.map(({ name, ...input }) => {
    const valueAt = inputValues[name]
    const type = 'type' in input ? input.type : undefined
    if (!valueAt) {
      throw new BadModel(`it wants an input ${name}: expected ${Object.keys(inputValues).join(', ')} at most`)
    }
    if (type !== 'int64' && type !== 'int32') throw new BadModel(`its input ${name} is no int64 and no int32`)
    return { name, type, valueAt } as const
  })
  if (inputs.some(({ name }) => name === 'input_ids')) return inputs
  throw new BadModel('it has no input input_ids')
}

function outputOf({ outputNames }: InferenceSession, pooling: Pooling): string {
  const wanted = pooling === 'own' ? [textOutput, ...tokenOutputs] : tokenOutputs
  const found = wanted.find(name => outputNames.includes(name))
  if (found !== undefined) return found
  throw new BadModel(`it gives ${outputNames.join(', ')}: expected ${wanted.join(' or ')}`)
}

/** i32[texts × width] */
function valuesOf(
  texts: readonly Int32Array[],
  { count, width }: { count: number; width: number },
  cellOf: (ids: Int32Array, place: number) => number,
): Int32Array {
  const values = new Int32Array(count * width)
  for (const [text, ids] of texts.entries())
    for (let place = 0; place < width; place++) values[text * width + place] = cellOf(ids, place)
  return values
}
