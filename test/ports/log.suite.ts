// What every log keeps to, run by each adapter with one line.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AssertionError } from '../../src/base/assert.ts'
import { seededRandom } from '../../src/base/random.ts'
import { type Frame, frameKinds, type Log, LogError } from '../../src/ports/log.ts'

/** A place where a log lives on when its process doesn't. */
export interface LogPlace {
  /** how many bits to turn, one at a time */
  flipCount: number
  open(): Log
  /** The stored pieces in the order of their frames, to be damaged and restored. */
  pieces(): Promise<Map<string, Uint8Array>>
  setPieces(pieces: Map<string, Uint8Array>): Promise<void>
  /** Takes the place away. */
  remove(): Promise<void>
}

export function describeLog(name: string, makePlace: () => Promise<LogPlace>): void {
  describe(`the log: ${name}`, () => {
    let place: LogPlace
    const opened: Log[] = []

    const open = async (after = 0) => {
      const log = place.open()
      opened.push(log)
      return { log, frames: await collect(log, after) }
    }
    const reopen = async (after = 0) => {
      for (const log of opened.splice(0)) await log.close()
      return await open(after)
    }
    const fill = async (count: number, bodyBytes = 40) => {
      const { log } = await open()
      await Promise.all(
        samples(count, bodyBytes).map(frame => log.append(frame.kind, frame.header, frame.body).durable),
      )
      return log
    }

    beforeEach(async () => {
      place = await makePlace()
    })
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close()
      await place.remove()
    })

    it('gives back every frame in order, as it was appended', async () => {
      const written = samples(20, 300)
      await fill(20, 300)
      const { frames } = await reopen()
      expect(frames).toEqual(written)
    })

    it('keeps an empty body, every byte value, and a header in any script', async () => {
      const { log } = await open()
      const body = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const header = { deep: { list: [1, null, 'ש', '🪨', '\u0000'] }, big: 2 ** 53 - 1 }
      await log.append('seal', {}, new Uint8Array(0)).durable
      await log.append('evict', header, body).durable
      const { frames } = await reopen()
      expect(frames).toEqual([
        { seq: 1, kind: 'seal', header: {}, body: new Uint8Array(0) },
        { seq: 2, kind: 'evict', header, body },
      ])
    })

    it('keeps a body larger than any window it is read through', async () => {
      const { log } = await open()
      const body = randomBytes(5 * 1024 * 1024 + 7, 11)
      await log.append('batch', { large: true }, body).durable
      await log.append('batch', { large: false }, new Uint8Array(3)).durable
      const { frames } = await reopen()
      expect(frames.map(frame => frame.seq)).toEqual([1, 2])
      expect(Buffer.compare(frames[0]!.body, body)).toBe(0)
    })

    it('has taken the body and the header when append returns', async () => {
      const { log } = await open()
      const body = new Uint8Array([1, 2, 3])
      const header = { at: 1 }
      const { durable } = log.append('batch', header, body)
      header.at = 2
      structuredClone(body, { transfer: [body.buffer] })
      await durable
      const { frames } = await reopen()
      expect(frames[0]).toEqual({ seq: 1, kind: 'batch', header: { at: 1 }, body: new Uint8Array([1, 2, 3]) })
    })

    it('gives bodies that own their memory and can be transferred', async () => {
      await fill(3, 100)
      const { frames } = await reopen()
      for (const { body } of frames) {
        expect(body.byteOffset).toBe(0)
        expect(body.buffer.byteLength).toBe(body.length)
        const bytes = body.length
        expect(structuredClone(body, { transfer: [body.buffer] }).length).toBe(bytes)
      }
    })

    it('acknowledges in the order of the appends', async () => {
      const { log } = await open()
      const told: number[] = []
      const appended = samples(30, 2000).map(frame => log.append(frame.kind, frame.header, frame.body))
      await Promise.all(appended.map(({ seq, durable }) => durable.then(() => told.push(seq))))
      expect(told).toEqual(appended.map(({ seq }) => seq))
      expect(told).toEqual(range(1, 30))
    })

    it('skips what lies at or before the asked place', async () => {
      await fill(10)
      const { frames } = await reopen(7)
      expect(frames.map(frame => frame.seq)).toEqual([8, 9, 10])
    })

    it('goes on with the next number after a reopen', async () => {
      await fill(3)
      const { log } = await reopen()
      const { seq, durable } = log.append('batch', {}, new Uint8Array(1))
      await durable
      expect(seq).toBe(4)
      expect((await reopen()).frames.map(frame => frame.seq)).toEqual([1, 2, 3, 4])
    })

    it('never uses a number again when everything has been released', async () => {
      const log = await fill(10)
      await log.release(10)
      expect(log.append('batch', {}, new Uint8Array(1)).seq).toBe(11)
      const second = await reopen(11)
      await second.log.release(11)
      expect(second.frames).toEqual([])
      const third = await reopen(11)
      expect(third.log.append('batch', {}, new Uint8Array(1)).seq).toBe(12)
    })

    it('counts held bytes to the frame, and again after a reopen', async () => {
      const log = await fill(10)
      const all = log.heldBytes
      expect(all).toBeGreaterThan(10 * 40)
      await log.release(4)
      const rest = log.heldBytes
      expect(rest).toBeLessThan(all)
      expect((await reopen(4)).log.heldBytes).toBe(rest)
      await opened[0]!.release(10)
      expect(opened[0]!.heldBytes).toBe(0)
    })

    it('lets go of what was released, and keeps the rest', async () => {
      const log = await fill(40, 1000)
      const before = sizeOf(await place.pieces())
      await log.release(30)
      expect(sizeOf(await place.pieces())).toBeLessThan(before / 2)
      expect((await reopen(30)).frames.map(frame => frame.seq)).toEqual(range(31, 40))
    })

    it('stops when frames behind the asked place were released', async () => {
      const log = await fill(40, 1000)
      await log.release(30)
      await expect(reopen(2)).rejects.toThrow(LogError)
    })

    it('refuses what its caller gets wrong', async () => {
      const unread = place.open()
      opened.push(unread)
      expect(() => unread.append('batch', {}, new Uint8Array(1))).toThrow(AssertionError)
      const { log } = await open()
      await expect(collect(log, 0)).rejects.toThrow(AssertionError)
      await expect(log.release(1)).rejects.toThrow(AssertionError)
      await log.close()
      expect(() => log.append('batch', {}, new Uint8Array(1))).toThrow(LogError)
    })

    it('has made durable what was appended before a close', async () => {
      const { log } = await open()
      const appended = samples(5, 50).map(frame => log.append(frame.kind, frame.header, frame.body))
      await log.close()
      await Promise.all(appended.map(({ durable }) => durable))
      expect((await reopen()).frames.length).toBe(5)
    })

    it('cut at any byte, gives the frames before the cut or says that it was cut', async () => {
      const written = samples(6, 30)
      await fill(6, 30)
      await reopen()
      const pieces = await place.pieces()
      const [last, bytes] = [...pieces].at(-1)!
      for (let length = 0; length < bytes.length; length++) {
        await place.setPieces(new Map(pieces).set(last, bytes.slice(0, length)))
        await expectPrefix(() => reopen(), written, `cut at byte ${length}`)
      }
    })

    it('with a bit turned anywhere, gives frames as they were or stops', async () => {
      const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 2 ** 30))
      const random = seededRandom(seed)
      const written = samples(12, 60)
      await fill(12, 60)
      await reopen()
      const pieces = await place.pieces()
      const names = [...pieces.keys()]
      for (let flip = 0; flip < place.flipCount; flip++) {
        const name = names[Math.floor(random() * names.length)]!
        const bytes = pieces.get(name)!.slice()
        const bit = Math.floor(random() * bytes.length * 8)
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        await place.setPieces(new Map(pieces).set(name, bytes))
        await expectPrefix(() => reopen(), written, `SEED=${seed}, flip ${flip}: bit ${bit} of ${name}`)
      }
    })

    it('is the list that a model of it is, over random appends, releases and reopens', async () => {
      const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 2 ** 30))
      const random = seededRandom(seed)
      let model: Frame[] = []
      let released = 0
      let seq = 0
      let { log } = await open()
      for (let step = 0; step < 60; step++) {
        const choice = random()
        if (choice < 0.6) {
          const bursts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
            const kind = frameKinds[Math.floor(random() * frameKinds.length)]!
            const frame = {
              seq: ++seq,
              kind,
              header: { step },
              body: randomBytes(Math.floor(random() * 900), seq),
            }
            model.push(frame)
            return log.append(kind, frame.header, frame.body).durable
          })
          await Promise.all(bursts)
        } else if (choice < 0.8) {
          released += Math.floor(random() * (seq - released + 1))
          await log.release(released)
          model = model.filter(frame => frame.seq > released)
        } else {
          const again = await reopen(released)
          log = again.log
          expect(again.frames, `SEED=${seed}, step ${step}`).toEqual(model)
        }
        expect(log.heldBytes === 0, `SEED=${seed}, step ${step}`).toBe(model.length === 0)
      }
    })
  })
}

export async function collect(log: Log, after: number): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of log.recover(after)) frames.push(frame)
  return frames
}

export function samples(count: number, bodyBytes: number): Frame[] {
  return range(1, count).map(seq => ({
    seq,
    kind: frameKinds[seq % frameKinds.length]!,
    header: { batch: seq, now_ms: 1_700_000_000_000 + seq },
    body: randomBytes(bodyBytes, seq),
  }))
}

async function expectPrefix(
  open: () => Promise<{ frames: Frame[] }>,
  written: Frame[],
  hint: string,
): Promise<void> {
  const found = await open().catch(error => {
    if (error instanceof LogError) return undefined
    throw new Error(hint, { cause: error })
  })
  if (found !== undefined) expect(found.frames, hint).toEqual(written.slice(0, found.frames.length))
}

export function randomBytes(count: number, seed: number): Uint8Array {
  const random = seededRandom(seed)
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
}

function sizeOf(pieces: Map<string, Uint8Array>): number {
  return [...pieces.values()].reduce((sum, bytes) => sum + bytes.length, 0)
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
