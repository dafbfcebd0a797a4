// Which model texts are embedded by. Vectors of two models never compare, so what is set here names a space of its own.

import { z } from 'zod'

/** What stands before the hash in a model's id. */
const modelNameSchema = z
  .string()
  .regex(/^[^\s]{1,200}$/, 'a name without white space, at most 200 characters')

const onnxSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .optional()
    .describe('folder or http(s) URL that holds model.onnx, tokenizer.json and config.json'),
  name: modelNameSchema.optional().describe('name of the model; by default the last part of the path'),
  pooling: z
    .enum(['auto', 'mean', 'cls'])
    .default('auto')
    .describe(
      'how tokens become one vector; `auto` reads 1_Pooling/config.json and takes the mean without it',
    ),
  tokens_max: z
    .int()
    .min(3)
    .max(8192)
    .default(256)
    .describe('tokens of a text that are read, if the model has places for as many'),
  run_tokens_max: z
    .int()
    .min(64)
    .max(65_536)
    .default(512)
    .describe('tokens of one run of the model, padding counted in; a longer text runs alone'),
})

const remoteSchema = z.strictObject({
  url: z
    .string()
    .regex(
      /^https?:\/\/[^\s@/?#]+(\/[^\s?#]*)?$/,
      'an http(s) URL without user, query and fragment, such as https://api.openai.com/v1',
    )
    .optional()
    .describe('address before /embeddings, such as https://api.openai.com/v1'),
  model: modelNameSchema.optional().describe('name of the model, as the server knows it'),
  dims: z.int().min(1).max(4096).optional().describe('components of its vectors'),
  dims_from: z
    .enum(['model', 'request'])
    .default('model')
    .describe('`request`: the server is asked to shorten vectors to `dims`'),
  key_variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable, never the key itself')
    .optional()
    .describe('environment variable that holds the API key'),
  request_texts_max: z.int().min(1).max(2048).default(128).describe('texts in one request'),
  request_bytes_max: z
    .int()
    .min(1024)
    .max(16_777_216)
    .default(262_144)
    .describe('bytes of texts in one request'),
  text_bytes_max: z
    .int()
    .min(16)
    .max(131_072)
    .default(8000)
    .describe('bytes of a text that are sent; the rest is not read'),
  timeout_seconds: z.number().positive().max(600).default(30).describe('time one request may take'),
  retries_max: z.int().min(0).max(20).default(4).describe('times a request is sent again'),
  retry_seconds: z
    .number()
    .positive()
    .max(60)
    .default(0.5)
    .describe(
      'longest pause before the first retry; it doubles with each, and what is waited is drawn below it',
    ),
  retry_seconds_max: z.number().positive().max(600).default(20).describe('longest pause before any retry'),
  breaker_failures: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('failures in a row after which the server is left alone'),
  breaker_seconds: z
    .number()
    .positive()
    .max(3600)
    .default(30)
    .describe('how long it is left alone before one request probes it'),
})

/** What has no default, because only the operator can know it, and is wanted by its kind. */
const wanted = { static: [], onnx: ['path'], remote: ['url', 'model', 'dims'] } as const

export const embedderSchema = z
  .strictObject({
    kind: z
      .enum(['static', 'onnx', 'remote'])
      .default('static')
      .describe(
        '`static`: the model that ships; `onnx`: a transformer from files; `remote`: an OpenAI-compatible server',
      ),
    onnx: onnxSchema.prefault({}).describe('a transformer, for kind onnx'),
    remote: remoteSchema.prefault({}).describe('a server elsewhere, for kind remote'),
  })
  .superRefine(({ kind, ...settings }, context) => {
    if (kind === 'static') return
    const given: Record<string, unknown> = settings[kind]
    for (const key of wanted[kind]) {
      if (given[key] !== undefined) continue
      context.addIssue({
        code: 'custom',
        path: [kind, key],
        message: `a value, since embedder.kind is ${kind}`,
      })
    }
  })

export type EmbedderConfig = z.infer<typeof embedderSchema>
export type OnnxConfig = EmbedderConfig['onnx']
export type RemoteConfig = EmbedderConfig['remote']
