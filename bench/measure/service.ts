// What the suites ask of the service besides taking events.

import { expectOk, type HttpClient } from './http.ts'

/** A gauge or counter without labels, by its name behind `alluvium_`. */
export async function metric(http: HttpClient, name: string): Promise<number> {
  const { text } = expectOk(await http.get('/metrics'), 'metrics')
  const found = new RegExp(`^alluvium_${name} (\\S+)$`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`there is no metric alluvium_${name}`)
  return Number(found)
}

/** @returns distinct texts among those of all events, each counted once a run: what is embedded and indexed */
export async function distinctShare(http: HttpClient): Promise<number> {
  return (await metric(http, 'distinct_texts_total')) / (await metric(http, 'texts_total'))
}

const pollMs = 100
const quietPolls = 5
const pollsMax = 6000

/** Resolves when all that was sent lies in published segments and nothing has been merged for a while. */
export async function settled(http: HttpClient): Promise<void> {
  let version = -1
  let quiet = 0
  for (let poll = 0; poll < pollsMax; poll++) {
    const now = await metric(http, 'catalog_version')
    quiet = now === version && (await metric(http, 'log_bytes')) === 0 ? quiet + 1 : 0
    version = now
    if (quiet === quietPolls) return
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
  throw new Error(`the service does not come to rest within ${(pollsMax * pollMs) / 1000} s`)
}

/** Evicts a day of the default stream. @returns ms until the answer */
export async function evict(http: HttpClient, day: string): Promise<number> {
  const path = `/v1/segments/${encodeURIComponent(`default/events/${day}/0`)}`
  const answer = await http.send('DELETE', path)
  if (answer.status !== 204) throw new Error(`DELETE ${path}: ${answer.status} ${answer.text.slice(0, 500)}`)
  return answer.ms
}
