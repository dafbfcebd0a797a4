import { expect, it } from 'vitest'
import type { Disk } from '../../src/adapters/disk.ts'
import { OpenFiles } from '../../src/adapters/open-files.ts'
import { quiet } from '../service/written.ts'

it('closes each file once, however many are read at the same time', async () => {
  const open = new Set<number>()
  let fdNext = 0
  const disk = {
    open: async () => {
      open.add(++fdNext)
      return fdNext
    },
    fileBytes: async () => 1,
    close: async (fd: number) => {
      await quiet(1)
      expect(open.delete(fd), 'a descriptor that is open').toBe(true)
    },
  } as unknown as Disk
  const files = new OpenFiles(disk, 4)
  const reads = Array.from({ length: 40 }, (_, i) =>
    files.use(`f${i}`, async fd => {
      await quiet(i % 3)
      expect(open.has(fd)).toBe(true)
    }),
  )
  await Promise.all(reads)
  await files.close()
  expect(open.size).toBe(0)
})
