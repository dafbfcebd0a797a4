import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileLog } from '../../src/adapters/log-file.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { describeLog, type LogPlace } from './log.suite.ts'

describeLog('files of a folder', async (): Promise<LogPlace> => {
  const root = await mkdtemp(join(tmpdir(), 'alluvium-log-'))
  const directory = join(root, 'log')
  return {
    flipCount: 300,
    open: () => fileLog({ directory, fileBytesMax: 600 }),
    async pieces() {
      const names = (await readdir(directory)).sort()
      return new Map(
        await Promise.all(names.map(async name => [name, await readFile(join(directory, name))] as const)),
      )
    },
    async setPieces(pieces) {
      for (const name of await readdir(directory)) await rm(join(directory, name))
      for (const [name, bytes] of pieces) await writeFile(join(directory, name), bytes)
    },
    remove: () => rm(root, { recursive: true }),
  }
})

describeLog('files of a disk in memory', async (): Promise<LogPlace> => {
  const disk = memoryDisk()
  return {
    flipCount: 3000,
    open: () => fileLog({ directory: '/data/log', fileBytesMax: 600, disk }),
    async pieces() {
      const names = (await disk.readdir('/data/log')).map(entry => entry.name).sort()
      const pieces = new Map<string, Uint8Array>()
      for (const name of names) {
        const path = `/data/log/${name}`
        const bytes = new Uint8Array(await disk.statBytes(path))
        const fd = await disk.open(path, 'r')
        await disk.read(fd, bytes, 0)
        await disk.close(fd)
        pieces.set(name, bytes)
      }
      return pieces
    },
    async setPieces(pieces) {
      for (const { name } of await disk.readdir('/data/log')) await disk.unlink(`/data/log/${name}`)
      for (const [name, bytes] of pieces) {
        const fd = await disk.open(`/data/log/${name}`, 'wx')
        await disk.write(fd, [bytes])
        await disk.close(fd)
      }
    },
    remove: async () => {},
  }
})
