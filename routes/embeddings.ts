// POST /v1/embeddings: texts as vectors, in the words of OpenAI's API, so that its clients work here as they are.

import { createRoute, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { Refused } from '../src/contract/refused.ts'
import { type Embedder, EmbedError } from '../src/ports/embedder.ts'
import { type Answer, curl, jsonAnswer, keyProblems, problemAnswers, withKey } from './answers.ts'
import { needs } from './auth.ts'
import { type AppState, type Env, newRouter, type Router } from './context.ts'
import { answerStream, embedInSlices, shortened } from './embedded.ts'
import { invalid, strict } from './invalid.ts'
import { parseJson, readJsonText } from './json-body.ts'

/** As many as OpenAI's clients send, twice over; an embedder is given them in batches that suit it. */
const textsMax = 4096

export function embeddingsRoutes(): Router {
  const router = newRouter()
  router.openAPIRegistry.register('EmbeddingsRequest', bodySchema)
  return router.openapi(embeddingsRoute, async c => {
    const { app } = c.var
    const embedder = await embedderOf(app)
    const hint = 'say what to embed: {"input":"a text"}'
    const parsed = bodySchema.safeParse(parseJson(await readJsonText(c, { what: 'an embedding', hint })))
    if (!parsed.success) throw invalid('json', parsed.error)
    const { input, dimensions = embedder.dims, encoding_format: encoding } = parsed.data
    const texts = typeof input === 'string' ? [input] : input
    checkAsked(parsed.data, embedder)
    checkTexts(texts, app)
    const pause = () => new Promise<void>(resolve => app.clock.after(0, resolve))
    const { signal } = c.req.raw
    const embedded = await embedInSlices(embedder, texts, { signal, pause }).catch(error => passOn(c, error))
    const answer = answerStream(shortened(embedded, dimensions), { model: embedder.id, encoding, pause })
    return c.body(answer, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  })
}

const inputSchema = z.union(
  [z.string(), z.array(z.string()).min(1, 'is empty: expected at least one text')],
  {
    error: issue => inputMessage(issue.input),
  },
)

const bodySchema = strict({
  input: inputSchema.describe('a text, or texts; one without a known word has a vector of zeros'),
  model: z
    .string()
    .optional()
    .describe('the model that is served, by its id or its name; another is refused. May be left out'),
  dimensions: z
    .int()
    .min(1)
    .optional()
    .describe('keep this many components, and make the vector of length 1 again; by default all'),
  encoding_format: z
    .enum(['float', 'base64'])
    .default('float')
    .describe('`base64`: f32, little end first, which is a quarter of the size'),
  user: z.string().optional().describe('read by nobody: clients of OpenAI send it'),
})
type Asked = z.output<typeof bodySchema>

const answerSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int().describe('place of the text in `input`'),
        embedding: z
          .union([z.array(z.number()), z.string()])
          .describe('numbers, or base64 where it was asked for'),
      }),
    ),
    model: z.string().describe('id of the model: vectors compare where it is the same'),
    usage: z.object({ prompt_tokens: z.int().describe('as the model counts them'), total_tokens: z.int() }),
  })
  .openapi('Embeddings')

const tellOpenai: MiddlewareHandler<Env> = (c, next) => {
  c.set('tellsOpenai', true)
  return next()
}

const embeddingsRoute = createRoute({
  method: 'post',
  path: '/v1/embeddings',
  operationId: 'embed',
  tags: ['embeddings'],
  summary: 'Embed texts',
  description:
    'Texts as vectors of length 1, by the model that this service embeds with; compatible with OpenAI’s API. At most 4,096 texts, and `event_bytes_max` characters each, of which a model reads the beginning. Scope `query`.',
  security: withKey,
  middleware: [tellOpenai, needs('query')],
  request: {
    query: strict({}),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/EmbeddingsRequest' },
          example: { input: ['card declined', 'payment rejected'], dimensions: 3 },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer('The vectors, in the order of the texts', answerSchema, {
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.31, -0.86, 0.4] },
        { object: 'embedding', index: 1, embedding: [0.27, -0.91, 0.32] },
      ],
      model: 'static-minilm-256@0123456789ab',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    }),
    ...problemAnswers(
      'bad_request',
      'empty_body',
      'bad_content_encoding',
      ...keyProblems,
      'timeout',
      'body_too_large',
      'unsupported_media_type',
      'queue_full',
      'not_implemented',
      'not_ready',
    ),
  } as Record<number, Answer>,
  ...curl(`curl -sS http://localhost:8420/v1/embeddings \\
  -H "authorization: Bearer $ALLUVIUM_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"input":["card declined","payment rejected"]}'`),
})

async function embedderOf({ embedder }: AppState): Promise<Embedder> {
  if (embedder) return embedder()
  throw new Refused('not_implemented', 'no embedder is configured here')
}

/** What may pass by itself is answered as that, and logged as it is; who has gone hears neither. */
function passOn(c: Context<Env>, error: unknown): never {
  if (c.req.raw.signal.aborted) throw new Refused('not_ready', 'the client has gone')
  if (!(error instanceof EmbedError && error.isTransient)) throw error
  c.set('error', error.stack ?? String(error))
  throw new Refused('not_ready', 'the embedder does not answer for the moment; send the request again')
}

function checkAsked({ model, dimensions = 1 }: Asked, { id, dims }: Embedder): void {
  const name = id.slice(0, id.lastIndexOf('@')) // a model's own name may have an @: @cf/baai/bge-m3
  if (model !== undefined && model !== id && model !== name) {
    throw wrong(
      'model',
      'unknown_model',
      `${JSON.stringify(model.slice(0, 100))} is not served; ${name} is (${id})`,
    )
  }
  if (dimensions > dims) throw wrong('dimensions', 'too_big', `at most ${dims}, which is what ${name} has`)
}

function checkTexts(texts: readonly string[], { limits }: AppState): void {
  if (texts.length > textsMax) {
    throw wrong('input', 'too_big', `${texts.length} texts; at most ${textsMax} in one call`)
  }
  const charsMax = limits.event_bytes_max
  const long = texts.findIndex(text => text.length > charsMax)
  if (long >= 0) throw wrong(`input[${long}]`, 'too_big', `a text has at most ${charsMax} characters`)
}

function wrong(field: string, code: string, message: string): Refused {
  const path = `body.${field}`
  return new Refused('bad_request', `${path}: ${message}`, { errors: [{ path, code, message }] })
}

function inputMessage(input: unknown): string {
  if (input === undefined) return 'is missing'
  const isTokens = Array.isArray(input) && input.flat(1).some(item => typeof item === 'number')
  return isTokens
    ? 'lists of token numbers are not taken, since they are those of another model; send the texts'
    : 'expected a text or a list of texts'
}
