// The official client of OpenAI against the service as it ships.

import OpenAI, { APIError } from 'openai'
import { beforeAll, describe, expect, it } from 'vitest'
import { keyFlags, keyOf } from './keys.ts'
import { place, type Served } from './serve.ts'

const here = await place()

describe("OpenAI's client", () => {
  let service: Served
  let openai: OpenAI
  beforeAll(async () => {
    service = await here.serve(...keyFlags('acme'))
    const apiKey = keyOf('acme', 'query').authorization!.slice('Bearer '.length)
    openai = new OpenAI({ baseURL: `${service.url}/v1`, apiKey, maxRetries: 0 })
  })
  const model = 'static-minilm-256'

  it('embeds texts, and puts what means the same close', async () => {
    const input = ['the payment was declined', 'credit card transaction rejected', 'a cat sleeps on the sofa']
    const { data, usage, ...rest } = await openai.embeddings.create({ model, input })
    expect(rest.model).toMatch(/^static-minilm-256@[0-9a-f]{12}$/)
    expect(usage.total_tokens).toBe(14)
    const [one, same, other] = data.map(({ embedding }) => embedding) as [number[], number[], number[]]
    expect(one.length).toBe(256)
    expect(dot(one, same)).toBeGreaterThan(dot(one, other) + 0.1)
  })

  it('reads base64, its own default, as the same numbers as floats', async () => {
    const asked = { model, input: 'layers hold gold', dimensions: 64 }
    const byDefault = await openai.embeddings.create(asked)
    const floats = await openai.embeddings.create({ ...asked, encoding_format: 'float' })
    const packed = await openai.embeddings.create({ ...asked, encoding_format: 'base64' })
    expect(byDefault.data).toEqual(floats.data)
    expect(typeof packed.data[0]!.embedding).toBe('string')
    expect(floats.data[0]!.embedding.length).toBe(64)
  })

  it('is told what is wrong with its key', async () => {
    const stranger = new OpenAI({
      baseURL: `${service.url}/v1`,
      apiKey: 'wrong-but-long-enough',
      maxRetries: 0,
    })
    await expect(stranger.embeddings.create({ model, input: 'gold' })).rejects.toThrow(/401 this API key/)
  })

  it('is told which model there is', async () => {
    const asked = openai.embeddings.create({ model: 'text-embedding-3-small', input: 'gold' })
    const error = await asked.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(APIError)
    expect((error as APIError).status).toBe(400)
    expect(error).toMatchObject({ code: 'bad_request', param: 'body.model' })
    expect((error as APIError).message).toContain(`${model} is`)
  })
})

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0)
}
