// The first five minutes of a new user: every block of README.md that is marked ```bash run, as it stands there, in
// order, by a real shell and a real curl.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { place, type Served } from './serve.ts'

const shell = 'set -eu; curl() { command curl --silent --show-error --fail "$@"; echo; };'
const hasCurl = spawnSync('bash', ['-c', 'command -v curl']).status === 0
const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^```bash run\n(.*?)^```$/gms)].map(
  ([, block]) => block!,
)

describe.skipIf(!hasCurl)(
  hasCurl ? 'the README' : 'the README (skipped: there is no bash or no curl here)',
  async () => {
    const here = await place()
    let service: Served
    beforeAll(async () => {
      service = await here.serve()
    })
    /** What the calls of a block answered. */
    const run = (block: string): Record<string, unknown>[] => {
      const script = block.replaceAll(/http:\/\/(127\.0\.0\.1|localhost):8420/g, service.url)
      expect(script, 'a block calls the service where it listens by default').toContain(service.url)
      const { status, stdout, stderr } = spawnSync('bash', ['-c', `${shell}\n${script}`], {
        encoding: 'utf8',
      })
      expect(status, `${block}\n${stdout}${stderr}`).toBe(0)
      const answers = stdout.split('\n').filter(line => line.trim() !== '')
      return answers.map(line => JSON.parse(line))
    }

    it('does what it says, block by block', () => {
      const answers = blocks.map(run)
      expect(answers.flat()).toMatchObject([
        { sent: 4, accepted: 2, duplicate: 1, quarantined: 1, receipts: refusedAs('bad_time') },
        { sent: 3, accepted: 3 },
        { hits: [{ event_id: 'e-6', text: expect.stringContaining('arrived broken') }] },
        { nodes: expect.arrayContaining([expect.objectContaining({ type: 'user', key: 'cy', hops: 2 })]) },
        { events: [{ event_id: 'e-6', entity_id: 'ada' }, { event_id: 'e-2' }, { event_id: 'e-1' }] },
        { event: { event_id: 'e-2', citation: expect.stringContaining('sha256=') } },
        { counts: [{ code: 'bad_time', open: 1 }] },
        { replayed: 1, accepted: 1 },
        { segments: expect.any(Array) },
      ])
      expect(blocks.length).toBeGreaterThan(3)
    })
  },
)

function refusedAs(code: string): unknown {
  return expect.arrayContaining([expect.objectContaining({ outcome: 'quarantined', code })])
}
