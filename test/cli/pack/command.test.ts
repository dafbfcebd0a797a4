import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../io.ts'

const folder = mkdtempSync(join(tmpdir(), 'alluvium-pack-'))
const file = join(folder, 'shop.yaml')
let server: Server
let url: string

beforeAll(async () => {
  server = createServer(({ url: path, headers }, response) => {
    if (path === '/v1/catalog/packs/gaming') response.end(`asked for ${headers.accept}`)
    else
      response.end(
        '{"packs":[{"name":"gaming","version":1,"origin":"builtin","entities":["member","game"],"description":""}]}',
      )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

describe('alluvium pack check', () => {
  it('points at each fault with its line and a caret', async () => {
    writeFileSync(file, 'pack: shop\nentitis:\n  customer: { key: id }\n')
    const { code, stdout } = await run(['pack', 'check', file])
    expect(code).toBe(1)
    expect(stdout).toBe(
      `${file}:2:1  entitis: "entitis" is not known here; did you mean entities?\n  2 | entitis:\n    | ^\n`,
    )
  })

  it('tells another program the same as JSON', async () => {
    writeFileSync(file, 'pack: shop\nsessions: []\n')
    const { code, stdout } = await run(['pack', 'check', '--json', file])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      faults: [{ line: 2, column: 1, path: 'sessions' }],
    })
  })

  it('says that a pack is sound', async () => {
    writeFileSync(file, 'pack: shop\nentities:\n  customer: { key: id }\n')
    expect(await run(['pack', 'check', file])).toMatchObject({ code: 0, stdout: `${file}: a sound pack\n` })
  })

  it('fails where there is no such file, and asks for one where there is none', async () => {
    expect((await run(['pack', 'check', join(folder, 'nowhere')])).stderr).toContain("can't be read")
    expect((await run(['pack', 'check'])).code).toBe(2)
    expect((await run(['pack', 'frobnicate'])).code).toBe(2)
  })
})

describe('alluvium pack', () => {
  it('lists the packs of a service, and writes one out', async () => {
    const list = await run(['pack', 'list', '--url', url])
    expect(list.stdout).toBe('pack    version  from     nodes\ngaming        1  builtin  member, game\n')
    expect((await run(['pack', 'list', '--url', url, '--json'])).stdout).toContain('"packs":[')
    expect((await run(['pack', 'export', 'gaming', '--url', url])).stdout).toBe(
      'asked for application/yaml\n',
    )
  })
})
