import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileLog } from '../../../src/adapters/log-file.ts'
import { lookingDisk } from '../../../src/cli/verify/looking-disk.ts'
import { type Finding, verifyLog } from '../../../src/cli/verify/verify-log.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-verify-'))
  const log = fileLog({ directory: folder, fileBytesMax: 1000 })
  for await (const _ of log.recover(0)) throw new Error('a new log holds nothing')
  for (let n = 0; n < 20; n++) await log.append('batch', { n }, new Uint8Array(200).fill(n)).durable
  await log.close()
})
afterEach(() => rm(folder, { recursive: true }))

async function findings(): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of verifyLog(lookingDisk, folder)) found.push(finding)
  return found
}

async function damage(fileIndex: number, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  const names = (await readdir(folder)).sort()
  const path = join(folder, names.at(fileIndex)!)
  await writeFile(path, change(await readFile(path)))
}

describe('a log under verification', () => {
  it('is sound as it was written, file by file', async () => {
    const found = await findings()
    expect(found.length).toBeGreaterThan(2)
    expect(found.map(({ key }) => key.replace('log/', ''))).toEqual((await readdir(folder)).sort())
    expect(found.every(({ ok, reason }) => ok && reason === undefined)).toBe(true)
  })

  it('may have a torn end, which is said and left as it is', async () => {
    await damage(-1, bytes => bytes.subarray(0, -7))
    const path = join(folder, (await readdir(folder)).sort().at(-1)!)
    const before = await stat(path)
    const last = (await findings()).at(-1)!
    expect(last.ok).toBe(true)
    expect(last.reason).toContain('torn at byte')
    expect(await stat(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs })
  })

  it('is bad where a frame with a sound one behind it fails its checksum', async () => {
    await damage(1, bytes => {
      bytes[100]! ^= 1
      return bytes
    })
    const bad = (await findings()).filter(({ ok }) => !ok)
    expect(bad).toHaveLength(1)
    expect(bad[0]!.reason).toMatch(/at byte 0 its checksum differs, and a sound one follows at byte \d+/)
  })

  it('is bad where an earlier file breaks off', async () => {
    await damage(0, bytes => bytes.subarray(0, -7))
    expect((await findings())[0]).toMatchObject({ ok: false })
    expect((await findings())[0]!.reason).toContain('later files follow')
  })

  it('is nothing at all where there is no folder', async () => {
    await rm(folder, { recursive: true })
    expect(await findings()).toEqual([])
    await writeFile(folder, '') // for afterEach
  })
})

describe('a disk that is only looked at', () => {
  it('reads, and refuses to write', async () => {
    expect(() => lookingDisk.rename('a', 'b')).toThrow('verify changes nothing')
    expect(() => lookingDisk.open('a', 'wx')).toThrow('verify changes nothing')
    await lookingDisk.unlink(join(folder, (await readdir(folder))[0]!))
    expect((await findings()).length).toBeGreaterThan(2)
  })
})
