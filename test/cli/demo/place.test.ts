import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataDir } from '../../../src/adapters/data-dir.ts'
import { freePort, freshFolder } from '../../../src/cli/demo/place.ts'

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
