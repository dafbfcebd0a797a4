import { describe, expect, it } from 'vitest'
import { fileLog } from '../../src/adapters/log-file.ts'
import { encodeFrame } from '../../src/adapters/log-frame.ts'
import { seededRandom } from '../../src/base/random.ts'
import { type Log, LogError } from '../../src/ports/log.ts'
import { collect, randomBytes, samples } from '../ports/log.suite.ts'
import { type DiskFault, diskCalls, type FaultyDisk, faultyDisk } from '../sim/faulty-disk.ts'
import { type MemoryDisk, memoryDisk } from '../sim/memory-disk.ts'

const directory = '/data/log'
const nothing = new Uint8Array(0)

async function openOn(
  disk: FaultyDisk | MemoryDisk,
  options: { fileBytesMax?: number; after?: number } = {},
) {
  const errors: LogError[] = []
  const { after = 0, ...rest } = options
  const log = fileLog({ directory, disk, onFatal: error => errors.push(error), ...rest })
  return { log, frames: await collect(log, after), errors }
}

async function contentOf(disk: MemoryDisk, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(await disk.statBytes(`${directory}/${name}`))
  const fd = await disk.open(`${directory}/${name}`, 'r')
  await disk.read(fd, bytes, 0)
  return bytes
}

async function setContent(disk: MemoryDisk, name: string, bytes: Uint8Array): Promise<void> {
  await disk.unlink(`${directory}/${name}`).catch(() => {}) // a new file
  const fd = await disk.open(`${directory}/${name}`, 'wx')
  await disk.write(fd, [bytes])
  await disk.fdatasync(fd)
}

async function namesOf(disk: MemoryDisk): Promise<string[]> {
  return (await disk.readdir(directory)).map(entry => entry.name).sort()
}

describe('group commit', () => {
  it('syncs at once when idle, and once for all that came meanwhile', async () => {
    const disk = faultyDisk(memoryDisk())
    const { log } = await openOn(disk)
    const before = disk.counts.fdatasync
    const first = log.append('batch', {}, nothing)
    expect(disk.counts.fdatasync).toBe(before + 1)
    const others = Array.from({ length: 50 }, () => log.append('batch', {}, nothing))
    await first.durable
    await Promise.all(others.map(({ durable }) => durable))
    expect(disk.counts.fdatasync).toBe(before + 2)
  })

  it('syncs each of appends that wait for each other', async () => {
    const disk = faultyDisk(memoryDisk())
    const { log } = await openOn(disk)
    for (let i = 0; i < 5; i++) await log.append('batch', {}, nothing).durable
    expect(disk.counts.fdatasync).toBe(5)
  })

  it('does not acknowledge a frame that the running sync may have missed', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory)
    const told: number[] = []
    const first = log.append('batch', {}, nothing)
    const second = log.append('batch', {}, nothing)
    const settled = second.durable.then(
      () => told.push(2),
      () => {}, // it crashes below
    )
    await first.durable
    expect(told).toEqual([])
    memory.crash()
    expect((await openOn(memory)).frames.map(frame => frame.seq)).toEqual([1])
    await settled
    expect(told).toEqual([])
  })
})

describe('rotation', () => {
  it('begins a new file past the size, named after its first frame', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory, { fileBytesMax: 300 })
    for (const { kind, header, body } of samples(6, 100)) await log.append(kind, header, body).durable
    expect(await namesOf(memory)).toEqual([
      '0000000000000001.log',
      '0000000000000003.log',
      '0000000000000005.log',
    ])
  })

  it('leaves no descriptor open behind', async () => {
    const memory = memoryDisk()
    let openCount = 0
    const counting: MemoryDisk = {
      ...memory,
      openSync(path, flags) {
        openCount++
        return memory.openSync(path, flags)
      },
      async open(path, flags) {
        openCount++
        return await memory.open(path, flags)
      },
      async close(fd) {
        openCount--
        await memory.close(fd)
      },
      closeSync(fd) {
        openCount--
        memory.closeSync(fd)
      },
    }
    const { log } = await openOn(counting, { fileBytesMax: 300 })
    await Promise.all(
      samples(30, 100).map(({ kind, header, body }) => log.append(kind, header, body).durable),
    )
    for (const { kind, header, body } of samples(30, 100)) await log.append(kind, header, body).durable
    expect(openCount).toBe(1)
    await log.close()
    expect(openCount).toBe(0)
  })

  it('waits for a quiet moment, but not past twice the size', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory, { fileBytesMax: 300 })
    await Promise.all(samples(9, 100).map(({ kind, header, body }) => log.append(kind, header, body).durable))
    expect(await namesOf(memory)).toEqual([
      '0000000000000001.log',
      '0000000000000005.log',
      '0000000000000009.log',
    ])
  })

  it('has made durable what comes before it when a new file begins', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory, { fileBytesMax: 300 })
    const [first, ...others] = samples(9, 100).map(
      ({ kind, header, body }) => log.append(kind, header, body).durable,
    )
    await first
    memory.crash()
    await expect(Promise.all(others)).rejects.toThrow(LogError)
    // Files 1 to 4 and 5 to 8 were complete; only the ninth frame stood in an unsynced file.
    expect((await openOn(memory)).frames.map(frame => frame.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('acknowledges a frame of a new file only after its name and all before it are durable', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory, { fileBytesMax: 50 })
    const appended = samples(10, 100).map(({ kind, header, body }) => log.append(kind, header, body))
    await appended.at(-1)!.durable
    memory.crash()
    expect((await openOn(memory)).frames.length).toBe(10)
  })
})

describe('release', () => {
  it('unlinks only files whose frames are all released', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory, { fileBytesMax: 300 })
    for (const { kind, header, body } of samples(6, 100)) await log.append(kind, header, body).durable
    await log.release(3)
    expect(await namesOf(memory)).toEqual(['0000000000000003.log', '0000000000000005.log'])
    await log.release(6)
    expect(await namesOf(memory)).toEqual([])
    await log.append('batch', {}, nothing).durable
    expect(await namesOf(memory)).toEqual(['0000000000000007.log'])
  })

  it('tries a file again that could not be unlinked, and lives on', async () => {
    const disk = faultyDisk(memoryDisk(), { call: 'unlink', nth: 2, how: 'fails' })
    const { log, errors } = await openOn(disk, { fileBytesMax: 10 })
    for (let i = 0; i < 4; i++) await log.append('batch', {}, nothing).durable
    await expect(log.release(4)).rejects.toThrow(LogError)
    expect(errors).toEqual([])
    await log.release(4)
    expect(await disk.readdir(directory)).toEqual([])
    await log.append('batch', {}, nothing).durable
  })
})

describe('the end of a log', () => {
  it('comes with a failed sync: what waits and what follows is rejected, and no sync is tried again', async () => {
    const disk = faultyDisk(memoryDisk(), { call: 'fdatasync', nth: 2, how: 'fails' })
    const { log, errors } = await openOn(disk)
    await log.append('batch', {}, nothing).durable
    const waiting = Array.from({ length: 3 }, () => log.append('batch', {}, nothing))
    for (const { durable } of waiting) await expect(durable).rejects.toThrow(LogError)
    const writes = disk.counts.write
    await expect(log.append('batch', {}, nothing).durable).rejects.toThrow(/EIO/)
    await expect(log.release(1)).rejects.toThrow(LogError)
    expect(disk.counts).toMatchObject({ fdatasync: 2, write: writes })
    expect(errors.length).toBe(1)
    await log.close()
  })

  for (const how of ['fails', 'half', 'after'] as const) {
    it(`comes with a failed write (${how}): nothing is written behind it`, async () => {
      const memory = memoryDisk()
      const disk = faultyDisk(memory, { call: 'write', nth: 3, how })
      const { log, errors } = await openOn(disk)
      await log.append('batch', {}, randomBytes(100, 1)).durable
      await log.append('batch', {}, randomBytes(100, 2)).durable
      await expect(log.append('batch', {}, randomBytes(100, 3)).durable).rejects.toThrow(LogError)
      await expect(log.append('batch', {}, randomBytes(100, 4)).durable).rejects.toThrow(LogError)
      expect(disk.counts.write).toBe(3)
      expect(errors.length).toBe(1)
      await log.close()
      const { frames } = await openOn(memory)
      expect(frames.map(frame => frame.seq)).toEqual(how === 'after' ? [1, 2, 3] : [1, 2])
    })
  }

  it('rejects also those whose sync is still running', async () => {
    const disk = faultyDisk(memoryDisk(), { call: 'write', nth: 2, how: 'fails' })
    const { log } = await openOn(disk)
    const appended = [1, 2].map(() => log.append('batch', {}, nothing).durable)
    for (const durable of appended) await expect(durable).rejects.toThrow(LogError)
  })

  it('does not raise an unhandled rejection while nobody listens yet', async () => {
    const disk = faultyDisk(memoryDisk(), { call: 'fdatasync', nth: 1, how: 'fails' })
    const { log } = await openOn(disk)
    const { durable } = log.append('batch', {}, nothing)
    await new Promise(resolve => setTimeout(resolve, 20))
    await expect(durable).rejects.toThrow(LogError)
  })
})

describe('recovery', () => {
  const threeFiles = async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory, { fileBytesMax: 300 })
    for (const { kind, header, body } of samples(6, 100)) await log.append(kind, header, body).durable
    await log.close()
    const names = await namesOf(memory)
    return { memory, names, files: await Promise.all(names.map(name => contentOf(memory, name))) }
  }

  it('cuts a torn tail at any byte, and goes on behind the cut', async () => {
    const { memory, names, files } = await threeFiles()
    const last = files[2]!
    const frameBytes = last.length / 2
    for (let length = 0; length < last.length; length++) {
      for (const [i, name] of names.entries()) await setContent(memory, name, files[i]!)
      await setContent(memory, names[2]!, last.slice(0, length))
      const { log, frames } = await openOn(memory)
      expect(frames.length, `cut at ${length}`).toBe(4 + Math.floor(length / frameBytes))
      await log.append('seal', {}, nothing).durable
      await log.close()
      const again = await openOn(memory)
      expect(again.frames.map(frame => frame.seq)).toEqual(
        Array.from({ length: frames.length + 1 }, (_, i) => i + 1),
      )
      await again.log.close()
      for (const name of await namesOf(memory)) await memory.unlink(`${directory}/${name}`)
    }
  })

  it('names the file and the byte of a bad frame before a good one, in its file or a later one', async () => {
    for (const [fileIndex, at] of [
      [0, 40],
      [0, 200],
      [1, 40],
      [1, 250],
    ] as const) {
      const { memory, names, files } = await threeFiles()
      const bytes = files[fileIndex]!.slice()
      bytes[at]! ^= 1
      await setContent(memory, names[fileIndex]!, bytes)
      const frameAt = at < bytes.length / 2 ? 0 : bytes.length / 2
      await expect(openOn(memory)).rejects.toThrow(
        new RegExp(
          `${names[fileIndex]}: the frame at byte ${frameAt} is bad .* a sound one follows .* Restore`,
        ),
      )
      expect(await contentOf(memory, names[fileIndex]!)).toEqual(bytes)
    }
  })

  it('stops at a missing file, a renamed one, and one that is there twice', async () => {
    const { memory, names, files } = await threeFiles()
    await memory.unlink(`${directory}/${names[1]}`)
    await expect(openOn(memory)).rejects.toThrow(
      /0005.log: at byte 0 stands frame 5, but frames 3 to 4 are missing/,
    )
    await setContent(memory, '0000000000000003.log', files[0]!)
    await expect(openOn(memory)).rejects.toThrow(/0003.log: begins with frame 1/)
    await setContent(memory, names[1]!, new Uint8Array([...files[1]!, ...files[1]!]))
    await expect(openOn(memory)).rejects.toThrow(/stands frame 3, but it is out of order/)
  })

  it('does without trailing files that are missing, and takes empty ones away', async () => {
    const { memory, names } = await threeFiles()
    await memory.unlink(`${directory}/${names[2]}`)
    await setContent(memory, '0000000000000005.log', nothing)
    await setContent(memory, '0000000000000009.log', nothing)
    const { log, frames } = await openOn(memory)
    expect(frames.length).toBe(4)
    expect(await namesOf(memory)).toEqual(names.slice(0, 2))
    expect(log.append('batch', {}, nothing).seq).toBe(5)
  })

  it('has made its cut durable before it goes on', async () => {
    const { memory, names, files } = await threeFiles()
    await setContent(memory, names[2]!, files[2]!.slice(0, -1))
    await memory.syncDirectory(directory)
    const { log } = await openOn(memory)
    await log.append('batch', {}, nothing).durable
    memory.crash()
    expect((await openOn(memory)).frames.map(frame => frame.seq)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('leaves alone what is not a log file', async () => {
    const { memory } = await threeFiles()
    await setContent(memory, 'notes.txt', nothing)
    expect((await openOn(memory)).frames.length).toBe(6)
    expect(await namesOf(memory)).toContain('notes.txt')
  })

  it('does without released files, even when some came back after a crash', async () => {
    const { memory, names } = await threeFiles()
    await memory.unlink(`${directory}/${names[1]}`)
    const { frames } = await openOn(memory, { after: 4 })
    expect(frames.map(frame => frame.seq)).toEqual([5, 6])
  })

  it('goes on behind `after` when the log ends before it', async () => {
    const { memory } = await threeFiles()
    const { log, frames } = await openOn(memory, { after: 20 })
    expect(frames).toEqual([])
    const { seq, durable } = log.append('batch', {}, nothing)
    await durable
    expect(seq).toBe(21)
    await log.close()
    expect((await openOn(memory, { after: 20 })).frames.map(frame => frame.seq)).toEqual([21])
  })

  it('takes no frame inside a torn body for a good one', async () => {
    const memory = memoryDisk()
    const { log } = await openOn(memory)
    const inner = encodeFrame({ seq: 7, kind: 'batch', header: {}, body: nothing })
    await log.append('batch', {}, nothing).durable
    await log.append('batch', {}, new Uint8Array([...inner, ...inner, ...new Uint8Array(100)])).durable
    await log.close()
    const bytes = await contentOf(memory, '0000000000000001.log')
    await setContent(memory, '0000000000000001.log', bytes.slice(0, -20))
    expect((await openOn(memory)).frames.map(frame => frame.seq)).toEqual([1])
  })

  it('finds a good frame far behind a bad head, across the edge of a window', async () => {
    for (const bodyBytes of [1_048_500, 1_048_540, 1_048_560]) {
      const memory = memoryDisk()
      const { log } = await openOn(memory)
      await log.append('batch', {}, new Uint8Array(bodyBytes).fill(0x41)).durable
      await log.append('batch', {}, nothing).durable
      await log.close()
      const bytes = await contentOf(memory, '0000000000000001.log')
      bytes[5]! ^= 4
      await setContent(memory, '0000000000000001.log', bytes)
      await expect(openOn(memory)).rejects.toThrow(`a sound one follows at byte ${bytes.length - 34}`)
    }
  })
})

describe('a log on a disk that fails or loses power', () => {
  const script = async (log: Log, acknowledged: number[], state: { appended: number; released: number }) => {
    for (let round = 0; round < 4; round++) {
      const appended = [40, 200, 10].map(bodyBytes => {
        const frame = log.append('batch', { round }, randomBytes(bodyBytes, ++state.appended))
        return frame.durable.then(() => acknowledged.push(frame.seq))
      })
      await Promise.all(appended)
      if (round === 1 || round === 3) {
        state.released = acknowledged.at(-2)!
        await log.release(state.released)
      }
    }
    await log.close()
  }

  const run = async (fault?: DiskFault, random?: () => number, seed?: number) => {
    const hint = `SEED=${seed} ${JSON.stringify(fault)}`
    const memory = memoryDisk()
    const disk = faultyDisk(memory, fault)
    const acknowledged: number[] = []
    const state = { appended: 0, released: 0 }
    try {
      const { log } = await openOn(disk, { fileBytesMax: 250 })
      await script(log, acknowledged, state)
    } catch (error) {
      expect(error, hint).toBeInstanceOf(LogError)
    }
    memory.crash(random)
    const { log, frames } = await openOn(memory, { after: state.released }).catch(cause => {
      throw new Error(hint, { cause })
    })
    const seqs = frames.map(frame => frame.seq)
    const lastSeq = Math.max(state.released, seqs.at(-1) ?? 0)
    for (const { seq, body } of frames) expect(body, hint).toEqual(randomBytes([10, 40, 200][seq % 3]!, seq))
    expect(seqs, hint).toEqual(
      Array.from({ length: lastSeq - state.released }, (_, i) => state.released + 1 + i),
    )
    expect(lastSeq, hint).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? 0)
    expect(lastSeq, hint).toBeLessThanOrEqual(state.appended)
    await log.append('seal', {}, nothing).durable
    return disk
  }

  it('keeps every acknowledged frame and makes up none, whichever call fails', async () => {
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
    expect(counts.fdatasync).toBe(8)
    expect(struckCount).toBeGreaterThan(200)
  })
})
