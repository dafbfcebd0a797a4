import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alluvium } from '../../../src/cli/alluvium.ts'
import { fakeService } from '../ingest/fake-service.ts'
import { recordingIo, run } from '../io.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-generate-'))
})
afterAll(() => rm(folder, { recursive: true }))

const small = ['generate', 'gaming', '--members', '100', '--days', '2', '--rate', '0.01', '--seed', '5']

describe('alluvium generate', () => {
  it.each<[string[], string]>([
    [['generate'], 'expected gaming, found nothing'],
    [['generate', 'poker'], 'gaming is what can be made, not "poker"'],
    [[...small, '--members', 'many'], '--members: expected a number, found "many"'],
    [[...small, '--members', '3'], '--members: expected a whole number from 20'],
    [[...small, '--days', '1.5'], '--days: expected a whole number'],
    [[...small, '--distinct', '2'], '--distinct: expected a share from 0 to 1'],
    [[...small, '--start', '5 January'], '--start: expected a date like 2026-01-05, found "5 January"'],
    [[...small, '--plant', 'trends,gold'], 'devices; found "gold"'],
    [[...small, '--out', 'x', '--to', 'http://127.0.0.1:1'], 'either --out or --to, not both'],
  ])('%j is told what is wrong', async (argv, message) => {
    const { code, stdout, stderr } = await run(argv)
    expect(stderr.replace(/\s+/g, ' ')).toContain(message)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('prints NDJSON, the same whenever it is asked for the same', async () => {
    const { code, stdout, stderr } = await run(small)
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.slice(0, -1).split('\n')
    expect(lines.length).toBeGreaterThan(1000)
    expect(JSON.parse(lines[0]!)['@timestamp']).toMatch(/^2026-01-05T00:/)
    expect((await run([...small, '--out', '-'])).stdout).toBe(stdout)
    expect((await run([...small, '--seed', '6'])).stdout).not.toBe(stdout)
  })

  it('writes a file, and beside it what is true of it', async () => {
    const [out, truth] = [join(folder, 'game.ndjson'), join(folder, 'truth.json')]
    expect(await run([...small, '--out', out, '--truth', truth])).toEqual({ code: 0, stdout: '', stderr: '' })
    const text = await readFile(out, 'utf8')
    expect(text).toBe((await run(small)).stdout)
    const told = JSON.parse(await readFile(truth, 'utf8'))
    expect(told.event_count).toBe(text.slice(0, -1).split('\n').length)
    expect(told.options.start).toBe('2026-01-05T00:00:00.000Z')
    expect(told.communities.length).toBeGreaterThan(1)
  })

  it('plants what is named, and no more', async () => {
    const truth = join(folder, 'some.json')
    await run([...small, '--plant', 'devices,anomalies', '--truth', truth])
    const told = JSON.parse(await readFile(truth, 'utf8'))
    expect([told.communities, told.behaviours, told.sequences, told.trends].flat()).toEqual([])
    expect(told.devices.length).toBeGreaterThan(0)
    expect(told.anomalies.length).toBeGreaterThan(0)
  })

  it('says which file cannot be written', async () => {
    const { code, stderr } = await run([...small, '--out', join(folder, 'nowhere', 'x')])
    expect(code).toBe(1)
    expect(stderr).toContain("can't be written")
  })

  it('stops without a word when its reader has seen enough', async () => {
    const { io, said } = recordingIo()
    let written = 0
    const stdout = new Writable({
      highWaterMark: 1,
      write(piece, _, done) {
        written += piece.length
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    expect(await alluvium([...small, '--rate', '1'], { ...io, stdout })).toBe(0)
    expect(said.stderr).toBe('')
    expect(written).toBeLessThan(400_000)
  })

  it('sends the stream to a service', async () => {
    const service = await fakeService()
    try {
      const { code, stdout, stderr } = await run([...small, '--to', service.url])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^accepted +1,\d{3}/m)
      expect(`${[...service.events.values()].join('\n')}\n`).toBe((await run(small)).stdout)
    } finally {
      await service.close()
    }
  })
})
