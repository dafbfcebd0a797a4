import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataDir } from '../../../src/adapters/data-dir.ts'
import { gameEvents } from '../../../src/cli/demo/game-events.ts'
import { freePort, freshFolder } from '../../../src/cli/demo/place.ts'

describe('the game of the demo', () => {
  const options = { seed: 7, untilMs: Date.UTC(2026, 2, 3, 15), eventCount: 3000 }

  it('is the same for the same seed, and another for another', () => {
    expect(gameEvents(options)).toEqual(gameEvents(options))
    expect(gameEvents({ ...options, seed: 8 }).lines).not.toEqual(gameEvents(options).lines)
  })

  it('spans three days, up to now', () => {
    const days = new Set<string>()
    for (const line of gameEvents(options).lines) {
      if (!line.startsWith('{"id":"e-')) continue
      const { time } = JSON.parse(line)
      if (time.startsWith('2026')) days.add(time.slice(0, 10))
      if (time.startsWith('2026')) expect(Date.parse(time)).toBeLessThanOrEqual(options.untilMs)
    }
    expect([...days].sort()).toEqual(['2026-03-01', '2026-03-02', '2026-03-03'])
  })

  it('has the faults of real producers: broken lines, duplicates, times that are none', () => {
    const { lines, player } = gameEvents(options)
    const whole = lines.filter(line => {
      try {
        return !Array.isArray(JSON.parse(line))
      } catch {
        return false // one of the broken ones
      }
    })
    expect(lines.length - whole.length).toBe(4)
    expect(lines.filter(line => line.includes('yesterday')).length).toBeGreaterThanOrEqual(5)
    expect(lines.length - new Set(lines).size).toBe(Math.floor(options.eventCount / 211))
    expect(whole.filter(line => JSON.parse(line).user_id === player).length).toBeGreaterThan(10)
  })
})

describe('the place of the demo', () => {
  it('takes the port that is wanted, or any when that is taken', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await freePort(port)).toBe(0)
    await new Promise(resolve => server.close(resolve))
    expect(await freePort(port)).toBe(port)
  })

  it('empties the folder of an earlier demo, but never one that is in use', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'alluvium-demo-'))
    try {
      const path = await freshFolder(parent)
      expect(path).toBe(join(parent, 'demo'))
      await writeFile(join(path, 'log', '1.log'), 'old')
      expect(await freshFolder(parent)).toBe(path)
      const held = await openDataDir(path)
      await writeFile(join(path, 'log', '2.log'), 'mine')
      expect(await freshFolder(parent)).toBe(join(parent, 'demo-2'))
      await held.close()
    } finally {
      await rm(parent, { recursive: true })
    }
  })
})
