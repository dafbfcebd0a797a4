import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeDisk } from '../../src/adapters/disk.ts'
import { type FsStore, fsStore } from '../../src/adapters/store-fs.ts'
import { memoryDisk } from '../sim/memory-disk.ts'
import { describeStore } from './store.suite.ts'

const withoutLinks = {
  ...nodeDisk,
  link: async () => {
    throw Object.assign(new Error('EPERM: no links here'), { code: 'EPERM' })
  },
}

for (const [name, disk] of [
  ['a folder', nodeDisk],
  ['a folder of a file system without links', withoutLinks],
] as const) {
  describeStore(name, async () => {
    const root = await mkdtemp(join(tmpdir(), 'alluvium-store-'))
    const opened: FsStore[] = []
    return {
      async open() {
        const store = await fsStore({ directory: join(root, 'store'), disk })
        opened.push(store)
        return store
      },
      async remove() {
        for (const store of opened) await store.close()
        await rm(root, { recursive: true })
      },
    }
  })
}

describeStore('a folder of a disk in memory', async () => {
  const disk = memoryDisk()
  return { open: () => fsStore({ directory: '/data/store', disk }), remove: async () => {} }
})
