import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from './io.ts'

const segments = [
  {
    segment_id: 'default/events/2026-03-01/0',
    event_count: 39244,
    refusal_count: 2,
    raw_bytes: 17106256,
    from: '2026-03-01T00:00:00.000Z',
    until: '2026-03-02T00:00:00.000Z',
    expires_at: '2026-04-01T00:00:00.000Z',
  },
]

let server: Server
let url: string
let asked: string[]
let answer: { status: number; body: string }

beforeEach(async () => {
  asked = []
  answer = { status: 200, body: JSON.stringify({ segments, as_of: {} }) }
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(answer.status).end(answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise(resolve => server.close(resolve)))

describe('alluvium segments', () => {
  it('puts each segment on a line of a table', async () => {
    const { code, stdout } = await run(['segments', '--url', `${url}/`])
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toMatch(/^segment +events +refused +bytes +from +expires$/)
    expect(stdout).toMatch(
      /^default\/events\/2026-03-01\/0 +39,244 +2 +17\.1 MB +2026-03-01 00:00:00 +2026-04-01 00:00:00$/m,
    )
    expect(asked).toEqual(['GET /v1/segments'])
  })

  it('gives the answer as it came for --json', async () => {
    expect((await run(['segments', '--url', url, '--json'])).stdout).toBe(`${answer.body}\n`)
  })

  it('says so when there are none', async () => {
    answer.body = JSON.stringify({ segments: [] })
    expect((await run(['segments', '--url', url])).stdout).toBe('no segments yet\n')
  })

  it('tells what stands in the way', async () => {
    answer = { status: 403, body: JSON.stringify({ detail: 'wants scope query', code: 'forbidden' }) }
    expect(await run(['segments', '--url', url])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'alluvium: wants scope query (403 forbidden)\n',
    })
    answer = { status: 502, body: '<html>Bad gateway</html>' }
    expect((await run(['segments', '--url', url])).stderr).toContain('<html>Bad gateway</html> (502 unknown)')
    answer = { status: 200, body: 'hello' }
    expect((await run(['segments', '--url', url])).stderr).toContain('is it Alluvium?')
    expect((await run(['segments', '--url', 'localhost:1'])).stderr).toContain('expected http://HOST:PORT')
    const silent = await run(['segments', '--url', 'http://127.0.0.1:9'])
    expect(silent.code).toBe(1)
    expect(silent.stderr).toContain('no answer from http://127.0.0.1:9')
  })
})

describe('alluvium evict', () => {
  it('names the segment in one segment of the path, slashes and all', async () => {
    answer = { status: 204, body: '' }
    const { code, stdout } = await run(['evict', '--url', url, 'default/events/2026-03-01/0', 'b/c/d/2'])
    expect(code).toBe(0)
    expect(stdout).toBe('evicted default/events/2026-03-01/0\nevicted b/c/d/2\n')
    expect(asked).toEqual([
      'DELETE /v1/segments/default%2Fevents%2F2026-03-01%2F0',
      'DELETE /v1/segments/b%2Fc%2Fd%2F2',
    ])
  })

  it('fails when there is no such segment', async () => {
    answer = { status: 404, body: JSON.stringify({ detail: 'there is no live segment', code: 'not_found' }) }
    const { code, stderr } = await run(['evict', '--url', url, 'x'])
    expect(code).toBe(1)
    expect(stderr).toContain('there is no live segment (404 not_found)')
  })
})
