// JSONTestSuite through POST /v1/events: what is JSON is never called malformed, what isn't never comes in, and nothing of
// it is our fault.

import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import type { Receipt } from '../../src/contract/receipt.ts'
import { type Answer, type Client, clientOf, json, ndjson } from './client.ts'
import { dataPath, describeWith, listData } from './real-data.ts'
import { place } from './serve.ts'

const folder = 'json-test-suite'
/** What a refusal may say of text that is no JSON. */
const notJson = ['malformed_json', 'bad_encoding', 'too_deep']
const fileCount = 318

describeWith(folder, 'JSONTestSuite', async () => {
  const here = await place()
  let client: Client
  const files = listData(folder, '.json')
  const read = (file: string) => readFileSync(dataPath(`${folder}/${file}`))
  beforeAll(async () => {
    client = clientOf(await here.serve())
  })

  it('is whole', () => expect(files.length).toBe(fileCount))

  it('is taken or refused as JSON', async () => {
    await expectVerdicts(json, files)
  })

  it('is taken or refused as lines', async () => {
    // A line that is a JSON array is no event, so only what stands on one line is told apart.
    await expectVerdicts(
      ndjson,
      files.filter(file => !/[\r\n]/.test(read(file).toString('latin1').trimEnd())),
    )
  })

  it('leaves the service as it was', async () => {
    expect((await client.get('/readyz')).status).toBe(200)
    expect(await client.send('{"id":"after"}')).toMatchObject({ accepted: 1 })
    expect((await client.lines()).some(({ event }) => event.event_id === 'after')).toBe(true)
  })

  async function expectVerdicts(type: string, names: readonly string[]): Promise<void> {
    const wrong: string[] = []
    for (const name of names) {
      const answer = await client.post(read(name), { type, query: '?receipts=all' })
      const fault = faultOf(name, answer)
      if (fault) wrong.push(`${name}: ${fault}, ${answer.status} ${answer.text.slice(0, 300)}`)
    }
    expect(wrong).toEqual([])
  }
})

function faultOf(name: string, answer: Answer): string | undefined {
  if (answer.status !== 200 && answer.status !== 400) return 'neither taken nor refused'
  const receipts = answer.status === 200 ? answer.json<{ receipts: Receipt[] }>().receipts : []
  const isMalformed = receipts.some(({ code }) => code && notJson.includes(code))
  if (name.startsWith('y_') && answer.status === 400) return 'JSON is turned away'
  if (name.startsWith('y_') && isMalformed) return 'JSON is called malformed'
  if (!name.startsWith('n_') || answer.status === 400) return undefined
  // A whole element of an array that breaks off later is an event as a whole line of a broken body is.
  const takenMax = name.startsWith('n_array_') ? receipts.length - 1 : 0
  const taken = receipts.filter(({ outcome }) => outcome !== 'quarantined').length
  if (taken > takenMax) return 'no JSON, and taken in'
  return isMalformed ? undefined : 'no JSON, and not called so'
}
