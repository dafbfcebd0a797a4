// Real fetch, answered by msw in its place. Time is a clock of the test's own, which goes on while nothing is settled.

import { setTimeout as wait } from 'node:timers/promises'
import { delay, HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/clock-system.ts'
import { remoteEmbedder } from '../../src/adapters/embedder-remote.ts'
import { seededRandom } from '../../src/base/random.ts'
import { textColumn } from '../../src/base/text-column.ts'
import { embedderSchema, type RemoteConfig } from '../../src/contract/embedder.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { EmbedError } from '../../src/ports/embedder.ts'
import { describeEmbedder } from '../ports/embedder.suite.ts'
import { type ManualClock, manualClock } from '../sim/manual-clock.ts'
import { meaningOf } from './meaning.ts'

const url = 'https://vectors.example/v1'
const dims = 16

interface Asked {
  model: string
  input: string[]
  encoding_format: string
  dimensions?: number
}

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

type Answer = (asked: Asked, request: Request) => Response | Promise<Response>

/** Each answer is given once, the last for good. @returns what was asked */
function answering(...answers: [Answer, ...Answer[]]): Asked[] {
  const asked: Asked[] = []
  server.use(
    http.post(`${url}/embeddings`, async ({ request }) => {
      const body = (await request.clone().json()) as Asked
      asked.push(body)
      return (answers[asked.length - 1] ?? answers.at(-1)!)(body, request)
    }),
  )
  return asked
}

const well: Answer = ({ input }) =>
  HttpResponse.json({
    data: input.map((text, index) => ({ index, embedding: meaningOf(text, dims) })),
    usage: { prompt_tokens: input.reduce((sum, text) => sum + text.split(' ').length, 0) },
  })
const failing =
  (status: number, headers: Record<string, string> = {}): Answer =>
  () =>
    HttpResponse.json({ error: { message: 'out of sorts' } }, { status, headers })

interface Given extends Partial<RemoteConfig> {
  key?: string
  /** in the place of the test's own */
  realClock?: Clock
}

function embedderOf({ key, realClock, ...config }: Given = {}) {
  const clock = manualClock()
  const pausesMs: number[] = []
  const timeout_seconds = config.timeout_seconds ?? 30
  const noting: Clock = {
    ...clock,
    after(delayMs, callback) {
      if (delayMs !== 1000 * timeout_seconds) pausesMs.push(delayMs)
      return clock.after(delayMs, callback)
    },
  }
  const embedder = remoteEmbedder({
    config: { ...embedderSchema.parse({}).remote, url, model: 'far-model', dims, ...config },
    key,
    clock: realClock ?? noting,
    random: seededRandom(7),
  })
  const embed = (texts: string[], signal?: AbortSignal) =>
    settle(embedder.embed(textColumn(texts), signal ? { signal } : {}), clock)
  return { embedder, clock, embed, pausesMs }
}

/** Lets time pass until the promise is settled. */
async function settle<Value>(promise: Promise<Value>, clock: ManualClock): Promise<Value> {
  let isSettled = false
  const done = () => {
    isSettled = true
  }
  promise.then(done, done)
  while (!isSettled) {
    await wait(2)
    clock.pass(50)
  }
  return promise
}

async function errorOf(promise: Promise<unknown>): Promise<EmbedError> {
  const error = await promise.then(
    () => undefined,
    thrown => thrown,
  )
  expect(error).toBeInstanceOf(EmbedError)
  return error as EmbedError
}

describe('with a server that is well', () => {
  beforeEach(() => {
    answering(well)
  })
  describeEmbedder('remote', async () => embedderOf({ realClock: systemClock }).embedder)
})

describe('the remote embedder', () => {
  it('asks for its model, with its key, and asks for dims only where it shall', async () => {
    const keys: (string | null)[] = []
    const asked = answering((body, request) => {
      keys.push(request.headers.get('authorization'))
      return well(body, request)
    })
    await embedderOf({ key: 'sk-secret' }).embed(['gold'])
    await embedderOf({ dims_from: 'request', url: `${url}/` }).embed(['gold'])
    expect(asked).toEqual([
      { model: 'far-model', input: ['gold'], encoding_format: 'float' },
      { model: 'far-model', input: ['gold'], encoding_format: 'float', dimensions: dims },
    ])
    expect(keys).toEqual(['Bearer sk-secret', null])
  })

  it('is named by its model and dims', () => {
    expect(embedderOf().embedder.id).toBe('far-model@remote-16')
  })

  it('asks for as many texts as a request takes, by count and by bytes', async () => {
    const asked = answering(well)
    const texts = Array.from({ length: 7 }, (_, i) => `text ${i}`)
    await embedderOf({ request_texts_max: 3 }).embed(texts)
    expect(asked.map(({ input }) => input.length)).toEqual([3, 3, 1])
    asked.length = 0
    await embedderOf({ request_bytes_max: 12 }).embed([...texts, 'one that is larger than a request'])
    expect(asked.map(({ input }) => input.length)).toEqual([2, 2, 2, 1, 1])
  })

  it('sends no text of nothing, and the beginning of one that is too long, cut between characters', async () => {
    const asked = answering(well)
    const { empty } = await embedderOf({ text_bytes_max: 16 }).embed(['', ' \n', `${'x'.repeat(15)}ü tail`])
    expect([...empty]).toEqual([1, 1, 0])
    expect(asked.map(({ input }) => input)).toEqual([['x'.repeat(15)]])
    await embedderOf().embed(['', ''])
    expect(asked.length).toBe(1)
  })

  it('puts vectors where their index says, and makes them of length 1', async () => {
    answering(({ input }) =>
      HttpResponse.json({
        data: input.map((_, i) => ({ index: i, embedding: [0, i + 2, ...Array(14).fill(0)] })).reverse(),
      }),
    )
    const { vectors, tokenCount } = await embedderOf().embed(['a', 'b'])
    expect([...vectors]).toEqual([0, 1, ...Array(14).fill(0), 0, 1, ...Array(14).fill(0)])
    expect(tokenCount).toBe(0)
  })

  it('takes a vector of zeros for a text without meaning', async () => {
    answering(() => HttpResponse.json({ data: [{ index: 0, embedding: Array(dims).fill(0) }] }))
    expect([...(await embedderOf().embed(['???'])).empty]).toEqual([1])
  })

  it.each([429, 408, 500, 502, 503, 504])('sends again after %i', async status => {
    const asked = answering(failing(status), well)
    const { embed, pausesMs } = embedderOf()
    expect((await embed(['gold'])).empty[0]).toBe(0)
    expect(asked.length).toBe(2)
    expect(pausesMs.length).toBe(1)
  })

  it('sends again when the line breaks', async () => {
    const asked = answering(() => HttpResponse.error(), well)
    await embedderOf().embed(['gold'])
    expect(asked.length).toBe(2)
  })

  it.each([400, 401, 403, 404, 413, 422])('does not send again after %i, and says why', async status => {
    const asked = answering(failing(status))
    const { embed, embedder } = embedderOf({ breaker_failures: 1 })
    const error = await errorOf(embed(['gold']))
    expect(error.isTransient).toBe(false)
    expect(error.message).toContain(`embedder far-model: ${url}/embeddings answered ${status}`)
    expect(error.message).toContain('out of sorts')
    expect(asked.length).toBe(1)
    expect(embedder.breakerState).toBe('closed')
  })

  it('keeps the key out of what it says', async () => {
    answering(() => HttpResponse.text('Incorrect API key provided: sk-secret', { status: 401 }))
    const { message } = await errorOf(embedderOf({ key: 'sk-secret' }).embed(['gold']))
    expect(message).toContain('Incorrect API key provided: …')
  })

  it('follows no redirect, which would hand text and key to a stranger', async () => {
    const asked = answering(() => HttpResponse.redirect('https://stranger.example/', 307))
    expect((await errorOf(embedderOf().embed(['gold']))).isTransient).toBe(false)
    expect(asked.length).toBe(1)
  })

  it('waits between tries by a drawn share of what doubles, up to a bound', async () => {
    answering(failing(500))
    const { embed, pausesMs } = embedderOf({
      retries_max: 5,
      retry_seconds: 1,
      retry_seconds_max: 4,
      breaker_failures: 100,
    })
    expect((await errorOf(embed(['gold']))).isTransient).toBe(true)
    const draw = seededRandom(7)
    expect(pausesMs).toEqual([1, 2, 4, 4, 4].map(seconds => Math.round(draw() * 1000 * seconds)))
  })

  it('waits for as long as the server asks, told in seconds or as a date', async () => {
    const { embed, pausesMs, clock } = embedderOf()
    const asked = answering(
      failing(429, { 'retry-after': '3' }),
      () =>
        failing(503, { 'retry-after': new Date(clock.nowMs() + 5000).toUTCString() })(
          {} as Asked,
          {} as Request,
        ),
      well,
    )
    await embed(['gold'])
    expect(asked.length).toBe(3)
    expect(pausesMs[0]).toBe(3000)
    expect(pausesMs[1]).toBeGreaterThan(3900)
    expect(pausesMs[1]).toBeLessThanOrEqual(5000)
  })

  it('waits for no longer than its bound, and then leaves the server alone', async () => {
    const asked = answering(failing(429, { 'retry-after': '120' }), well)
    const { embed, embedder, clock } = embedderOf()
    expect(await errorOf(embed(['gold']))).toMatchObject({ isTransient: true, retryMs: 120_000 })
    expect(embedder.breakerState).toBe('open')
    expect((await errorOf(embed(['gold']))).retryMs).toBeGreaterThan(110_000)
    expect(asked.length).toBe(1)
    clock.pass(120_000)
    await embed(['gold'])
    expect(embedder.breakerState).toBe('closed')
  })

  it('leaves a server alone that keeps failing, probes it once, and goes on when it is well', async () => {
    const asked = answering(...(Array(4).fill(failing(500)) as [Answer]), well)
    const { embed, embedder, clock } = embedderOf({ breaker_failures: 3, breaker_seconds: 60 })
    const error = await errorOf(embed(['gold']))
    expect(error.message).toContain('left alone')
    expect(error).toMatchObject({ isTransient: true })
    expect(error.retryMs).toBeGreaterThan(0)
    expect(asked.length).toBe(3)
    await errorOf(embed(['gold']))
    expect(asked.length, 'nobody asks an open breaker').toBe(3)
    clock.pass(60_000)
    await errorOf(embed(['gold']))
    expect(asked.length, 'the probe failed').toBe(4)
    expect(embedder.breakerState).toBe('open')
    clock.pass(60_000)
    await Promise.all([embed(['gold']), errorOf(embed(['sand']))])
    expect(asked.length, 'one probe, and the other was held back').toBe(5)
    expect(embedder.breakerState).toBe('closed')
    await embed(['gold'])
    expect(asked.length).toBe(6)
  })

  it('gives up on an answer that does not come', async () => {
    const asked = answering(async () => {
      await delay('infinite')
      return new Response()
    })
    const error = await errorOf(embedderOf({ retries_max: 1, timeout_seconds: 2 }).embed(['gold']))
    expect(error.message).toContain('no answer within 2 s')
    expect(error.isTransient).toBe(true)
    expect(asked.length).toBe(2)
  })

  it('ends for a caller who goes, while it waits for an answer', async () => {
    const gone = new AbortController()
    answering(async () => {
      gone.abort(new Error('gone'))
      await delay('infinite')
      return new Response()
    })
    const { embed, embedder } = embedderOf({ breaker_failures: 1 })
    await expect(embed(['gold'], gone.signal)).rejects.toThrow('gone')
    expect(embedder.breakerState, 'it tells nothing of the server').toBe('closed')
  })

  it('ends for a caller who goes, while it pauses', async () => {
    const gone = new AbortController()
    const asked = answering(failing(429, { 'retry-after': '10' }))
    const { embedder, clock } = embedderOf()
    const embedding = embedder.embed(textColumn(['gold']), { signal: gone.signal })
    const outcome = expect(embedding).rejects.toThrow('gone')
    while (asked.length === 0) await wait(2)
    await wait(20)
    gone.abort(new Error('gone'))
    await outcome
    clock.pass(20_000)
    expect(asked.length).toBe(1)
  })

  const vectorsOf =
    (...embeddings: unknown[]): Answer =>
    () =>
      HttpResponse.json({ data: embeddings.map((embedding, index) => ({ index, embedding })) })
  const sound = Array(dims).fill(1)

  it.each<[string, Answer, RegExp]>([
    ['another size', vectorsOf(sound.slice(1)), /has 15 components: expected 16/],
    ['too many vectors', vectorsOf(sound, sound), /has 2 vectors for 1 texts/],
    ['too few', vectorsOf(), /has 0 vectors for 1 texts/],
    ['NaN, which JSON writes as null', vectorsOf([...sound.slice(1), Number.NaN]), /\[15\] is null/],
    ['text for a number', vectorsOf([...sound.slice(1), '1']), /\[15\] is "1"/],
    ['what a float overflows at', vectorsOf([...sound.slice(1), 1e39]), /\[15\] is 1e\+39/],
    ['base64 that nobody asked for', vectorsOf('AAAA'), /no list of numbers/],
    [
      'a place that is none',
      () => HttpResponse.json({ data: [{ index: 1, embedding: sound }] }),
      /index is 1/,
    ],
    ['no list', () => HttpResponse.json({ vectors: [] }), /no list `data`/],
    ['nothing at all', () => HttpResponse.json(null), /no list `data`/],
  ])('refuses %s, and does not ask again', async (_, answer, message) => {
    const asked = answering(answer)
    const error = await errorOf(embedderOf().embed(['gold']))
    expect(error.message).toMatch(message)
    expect(error.isTransient).toBe(false)
    expect(asked.length).toBe(1)
  })

  it('refuses one text twice and the other not at all', async () => {
    answering(() => HttpResponse.json({ data: [0, 0].map(index => ({ index, embedding: sound })) }))
    expect((await errorOf(embedderOf().embed(['a', 'b']))).message).toMatch(/data\[1\].index is 0/)
  })

  it('takes an answer that is no JSON for one that was cut off, and asks again', async () => {
    const asked = answering(() => HttpResponse.text('<html>'), well)
    await embedderOf().embed(['gold'])
    expect(asked.length).toBe(2)
  })

  it('reads no more of an answer than vectors can be', async () => {
    answering(() => HttpResponse.text(' '.repeat(2_000_000)))
    const error = await errorOf(embedderOf().embed(['gold']))
    expect(error.message).toContain('far larger than its vectors')
  })
})
