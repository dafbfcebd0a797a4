import { beforeEach, describe, expect, it } from 'vitest'
import { Arena, OutOfMemory } from '../../src/engine/arena.ts'

const pageBytes = 65_536

describe('an arena', () => {
  let memory: WebAssembly.Memory
  let arena: Arena

  beforeEach(() => {
    memory = new WebAssembly.Memory({ initial: 1 })
    arena = new Arena(memory, 1000, 4 * pageBytes)
  })

  it('lays regions above the kernels and above each other, none sharing a cache line', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(name => arena.take(name, 1))
    expect([a, b, c]).toEqual([
      { name: 'a', at: 1024, byteCount: 1 },
      { name: 'b', at: 1088, byteCount: 1 },
      { name: 'c', at: 1152, byteCount: 1 },
    ])
    expect(arena.heldBytes).toBe(1216)
  })

  it('gives views of a region in each of its types', () => {
    const region = arena.take('numbers', 32)
    arena.f64(region).set([0.5, -1, 2, 3])
    expect([...arena.f64(region)]).toEqual([0.5, -1, 2, 3])
    expect(arena.u8(region)).toHaveLength(32)
    for (const words of [arena.u32(region), arena.i32(region), arena.f32(region)])
      expect(words).toHaveLength(8)
    expect(arena.i64(region)[0]).toBe(0x3fe0000000000000n)
    arena.i8(region)[0] = -1
    expect(arena.u8(region)[0]).toBe(255)
  })

  it('grows the memory when a region needs it, and keeps what lies below', () => {
    const kept = arena.take('kept', 4)
    arena.u32(kept)[0] = 7
    arena.take('large', 2 * pageBytes)
    expect(arena.grownBytes).toBe(3 * pageBytes)
    expect(arena.u32(kept)[0]).toBe(7)
  })

  it('grows at once for what is reserved, so that views stay', () => {
    arena.reserve(2 * pageBytes)
    const view = arena.u8(arena.take('first', 10))
    arena.take('second', pageBytes)
    expect(view).toHaveLength(10)
  })

  it('lets go of a region with all above it', () => {
    arena.take('kept', 10)
    const gone = arena.take('gone', 10)
    arena.take('above', 10)
    arena.release(gone)
    expect(arena.regions.map(({ name }) => name)).toEqual(['kept'])
    expect(arena.take('next', 10).at).toBe(gone.at)
  })

  it('lets go of what a call took, also when the call throws', () => {
    const before = arena.heldBytes
    expect(arena.scratch(() => arena.take('call', 100).at)).toBe(before)
    expect(() =>
      arena.scratch(() => {
        arena.take('call', 100)
        throw new Error('stopped')
      }),
    ).toThrow('stopped')
    expect(arena.heldBytes).toBe(before)
    expect(arena.regions).toEqual([])
  })

  it('says what is too much, and goes on as it was', () => {
    const kept = arena.take('kept', 10)
    const take = () => arena.take('too much', 4 * pageBytes)
    expect(take).toThrow(OutOfMemory)
    expect(take).toThrow('too much needs 262144 bytes beside the 1088 that are held')
    expect(() => arena.reserve(4 * pageBytes)).toThrow(OutOfMemory)
    expect(arena.regions).toEqual([kept])
    expect(arena.take('next', 10).at).toBe(1088)
  })

  it('says so too when the machine gives no more', () => {
    const small = new Arena(new WebAssembly.Memory({ initial: 1, maximum: 2 }), 0)
    expect(() => small.take('too much', 3 * pageBytes)).toThrow(OutOfMemory)
    expect(small.take('fits', pageBytes).at).toBe(0)
  })
})
