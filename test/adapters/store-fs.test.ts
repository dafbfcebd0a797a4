import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Disk, nodeDisk } from '../../src/adapters/disk.ts'
import { fsStore, openFilesMax } from '../../src/adapters/store-fs.ts'
import { seededRandom } from '../../src/base/random.ts'
import { type ObjectStore, StoreError } from '../../src/ports/object-store.ts'
import { keysOf } from '../ports/store.suite.ts'
import { type DiskFault, diskCalls, faultyDisk } from '../sim/faulty-disk.ts'
import { memoryDisk } from '../sim/memory-disk.ts'

const directory = '/data/store'
const bytes = (value: string) => new TextEncoder().encode(value)
const text = (value: Uint8Array | undefined) =>
  value === undefined ? undefined : new TextDecoder().decode(value)

describe('a put into a folder', () => {
  it('survives a crash the moment it resolves, with the folders it made', async () => {
    const disk = memoryDisk()
    const store = await fsStore({ directory, disk })
    await Promise.all(['a/b/c', 'a/b/d', 'a/e', 'f'].map(key => store.put(key, [bytes(key)])))
    disk.crash()
    const again = await fsStore({ directory, disk })
    expect(await keysOf(again, '')).toEqual(['a/b/c', 'a/b/d', 'a/e', 'f'])
    expect(text(await again.get('a/b/c'))).toBe('a/b/c')
  })

  it("has made durable the other's object when it says 'exists'", async () => {
    const counted = faultyDisk(memoryDisk())
    await (await fsStore({ directory, disk: counted })).put('root-1', [bytes('x')])
    const memory = memoryDisk()
    const nth = counted.counts.syncDirectory
    const store = await fsStore({
      directory,
      disk: faultyDisk(memory, { call: 'syncDirectory', nth, how: 'fails' }),
    })
    await expect(store.put('root-1', [bytes('x')])).rejects.toThrow(/injected, syncDirectory/)
    expect(await store.put('root-1', [bytes('y')])).toBe('exists')
    memory.crash()
    expect(text(await (await fsStore({ directory, disk: memory })).get('root-1'))).toBe('x')
  })

  it('shows no half written object, and an opening removes what a crash left', async () => {
    const memory = memoryDisk()
    const disk = faultyDisk(memory, { call: 'write', nth: 1, how: 'half' })
    const store = await fsStore({ directory, disk })
    await expect(store.put('part', [bytes('whole')])).rejects.toThrow(StoreError)
    expect(await store.get('part')).toBeUndefined()
    expect(await memory.readdir(`${directory}/~incoming`)).toEqual([])
    const halting = faultyDisk(memory, { call: 'link', nth: 1, how: 'halts' })
    await expect((await fsStore({ directory, disk: halting })).put('part', [bytes('whole')])).rejects.toThrow(
      /EIO/,
    )
    expect((await memory.readdir(`${directory}/~incoming`)).length).toBe(1)
    await fsStore({ directory, disk: memory })
    expect(await memory.readdir(`${directory}/~incoming`)).toEqual([])
  })

  it('leaves what another thread is writing when it shares the folder', async () => {
    const disk = memoryDisk()
    const first = await fsStore({ directory, disk })
    async function* whileAnotherOpens() {
      yield bytes('wh')
      await fsStore({ directory, disk, shared: new Int32Array(1) })
      yield bytes('ole')
    }
    expect(await first.put('part', whileAnotherOpens())).toBe('written')
    expect(text(await first.get('part'))).toBe('whole')
  })

  it('makes a folder again that another thread has removed', async () => {
    const disk = memoryDisk()
    const shared = new Int32Array(1)
    const [sealer, writer] = [
      await fsStore({ directory, disk, shared }),
      await fsStore({ directory, disk, shared }),
    ]
    await sealer.put('a/b/1/x', [bytes('x')])
    await writer.delete(['a/b/1/x'])
    expect(await sealer.put('a/b/2/y', [bytes('y')])).toBe('written')
    expect(await sealer.put('a/b/1/x', [bytes('z')])).toBe('written')
    expect(text(await writer.get('a/b/1/x'))).toBe('z')
  })

  it('is settled even when its temporary name can not be removed', async () => {
    const disk = faultyDisk(memoryDisk(), { call: 'unlink', nth: 1, how: 'fails' })
    const store = await fsStore({ directory, disk })
    expect(await store.put('part', [bytes('x')])).toBe('written')
    expect(text(await store.get('part'))).toBe('x')
  })

  it('lists nothing that is not an object', async () => {
    const disk = memoryDisk()
    const store = await fsStore({ directory, disk })
    await store.put('part', [bytes('x')])
    await disk.close(await disk.open(`${directory}/~incoming/1-1`, 'wx'))
    expect(await keysOf(store, '')).toEqual(['part'])
  })

  it('syncs the data once, its folder once, and nothing above that stands already', async () => {
    const disk = faultyDisk(memoryDisk())
    const store = await fsStore({ directory, disk })
    await store.put('a/b/1', [bytes('x')])
    const before = { ...disk.counts }
    await store.put('a/b/2', [bytes('x')])
    expect(disk.counts.fdatasync - before.fdatasync).toBe(1)
    expect(disk.counts.syncDirectory - before.syncDirectory).toBe(1)
  })
})

describe('a store on a disk that fails or loses power', () => {
  const keys = ['t/s/1/events', 't/s/1/raw', 't/s/2/events', 'catalog/1', 'catalog/2']

  const script = async (store: ObjectStore, told: Map<string, 'there' | 'gone' | 'unsure'>) => {
    const step = async (changed: string[], done: 'there' | 'gone', work: Promise<unknown>) => {
      for (const key of changed) told.set(key, 'unsure')
      try {
        await work
        for (const key of changed) told.set(key, done)
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError)
      }
    }
    for (const key of keys) await step([key], 'there', store.put(key, [bytes(key), bytes('!')]))
    await step(['t/s/1/events', 't/s/1/raw'], 'gone', store.delete(['t/s/1/events', 't/s/1/raw']))
    await step(['catalog/3'], 'there', store.put('catalog/3', [bytes('catalog/3!')]))
    await step(['catalog/1'], 'gone', store.delete(['catalog/1']))
  }

  const run = async (fault?: DiskFault, random?: () => number, seed?: number) => {
    const hint = `SEED=${seed} ${JSON.stringify(fault)}`
    const memory = memoryDisk()
    const disk = faultyDisk(memory, fault)
    const told = new Map<string, 'there' | 'gone' | 'unsure'>()
    await fsStore({ directory, disk }).then(
      store => script(store, told),
      error => expect(error, hint).toBeInstanceOf(StoreError),
    )
    memory.crash(random)
    const store = await fsStore({ directory, disk: memory })
    for (const [key, state] of told) {
      const found = text(await store.get(key))
      if (state === 'there') expect(found, `${key} ${hint}`).toBe(`${key}!`)
      else if (state === 'gone') expect(found, `${key} ${hint}`).toBeUndefined()
      else expect([undefined, `${key}!`], `${key} ${hint}`).toContain(found)
    }
    for (const key of told.keys()) await store.delete([key])
    expect(await memory.readdir(directory), hint).toEqual([{ name: '~incoming', isDirectory: true }])
    return disk
  }

  it('has every object that it said it wrote, whole, and none that it said it deleted, whichever call fails', async () => {
    const { counts } = await run()
    const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 2 ** 30))
    const random = seededRandom(seed)
    let struckCount = 0
    for (const call of diskCalls) {
      for (let nth = 1; nth <= counts[call]; nth++) {
        for (const how of ['fails', 'half', 'after', 'halts'] as const) {
          struckCount += Number((await run({ call, nth, how })).struck)
          struckCount += Number((await run({ call, nth, how }, random, seed)).struck)
        }
      }
    }
    expect(struckCount).toBeGreaterThan(300)
  })

  it('goes by rename where there are no links', async () => {
    const disk = faultyDisk(memoryDisk(), { call: 'link', nth: 1, how: 'fails', code: 'EPERM' })
    const store = await fsStore({ directory, disk })
    expect(await store.put('catalog/1', [bytes('x')])).toBe('written')
    expect(disk.counts.rename).toBe(1)
  })
})

describe('files kept open', () => {
  let root: string | undefined
  afterEach(async () => {
    if (root !== undefined) await rm(root, { recursive: true })
    root = undefined
  })

  const counting = () => {
    const state = { open: 0, openMax: 0, opens: 0 }
    const disk: Disk = {
      ...nodeDisk,
      async open(path, flags) {
        const fd = await nodeDisk.open(path, flags)
        state.opens++
        state.openMax = Math.max(state.openMax, ++state.open)
        return fd
      },
      async close(fd) {
        state.open--
        await nodeDisk.close(fd)
      },
    }
    return { disk, state }
  }

  it('are opened once for many ranges, bounded, and all closed at the end', async () => {
    root = await mkdtemp(join(tmpdir(), 'alluvium-open-'))
    const { disk, state } = counting()
    const store = await fsStore({ directory: root, disk })
    const keys = Array.from({ length: openFilesMax + 44 }, (_, i) => `part-${i}`)
    for (const key of keys) await store.put(key, [bytes(key)])
    expect(state.open).toBe(0)
    for (let i = 0; i < 50; i++) await store.getRange('part-0', i % 4, 5)
    expect(state.open).toBe(1)
    for (const key of keys) expect(text(await store.getRange(key, 0, 20))).toBe(key)
    expect(state.open).toBe(openFilesMax)
    const opens = state.opens
    await store.getRange(keys.at(-1)!, 0, 1)
    expect(state.opens).toBe(opens)
    await store.getRange(keys[0]!, 0, 1)
    expect(state.opens).toBe(opens + 1)
    await store.delete([keys[0]!])
    expect(state.open).toBe(openFilesMax - 1)
    await store.close()
    expect(state.open).toBe(0)
  })

  it('stay open for who reads them while they are deleted', async () => {
    root = await mkdtemp(join(tmpdir(), 'alluvium-open-'))
    const { disk, state } = counting()
    const store = await fsStore({ directory: root, disk })
    await store.put('part', [bytes('sediment')])
    const reads = Array.from({ length: 20 }, () => store.getRange('part', 0, 8))
    const deleted = store.delete(['part'])
    for (const read of await Promise.allSettled(reads)) {
      if (read.status === 'fulfilled') expect(text(read.value)).toBe('sediment')
      else expect(read.reason).toBeInstanceOf(StoreError)
    }
    await deleted
    expect(state.open).toBe(0)
  })

  it('leaves alone what others put into its folder', async () => {
    root = await mkdtemp(join(tmpdir(), 'alluvium-open-'))
    await mkdir(join(root, 'a'))
    await writeFile(join(root, 'a', 'notes~'), 'mine')
    const store = await fsStore({ directory: root })
    await store.put('a/part', [bytes('x')])
    await store.delete(['a/part'])
    expect(await readdir(join(root, 'a'))).toEqual(['notes~'])
  })
})
