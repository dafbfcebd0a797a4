import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/base/crc32c.ts'

describe('crc32c', () => {
  it.each([
    ['the check value of the catalogue', Buffer.from('123456789'), 0xe3069283],
    ['nothing', Buffer.alloc(0), 0],
    ['32 zeros (RFC 3720, B.4)', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['32 rising bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    ['32 falling bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
    [
      'an iSCSI read command',
      Buffer.from(
        '01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000',
        'hex',
      ),
      0xd9963a56,
    ],
  ])('of %s is known', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })

  it('is what long division gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        expect(crc32c(bytes)).toBe(divided(bytes))
      }),
    )
  })

  it('goes on from the bytes before, wherever they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
        expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(crc32c(bytes))
      }),
    )
  })

  it('sees every single bit that flips', () => {
    const bytes = Buffer.from('a frame of the log, as long as this line is')
    const whole = crc32c(bytes)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(crc32c(flipped), `bit ${bit}`).not.toBe(whole)
    }
  })
})

/** Bit by bit, as the definition has it: the polynomial 0x1EDC6F41, reflected. */
function divided(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (const byte of bytes) {
    remainder ^= byte
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0)
  }
  return ~remainder >>> 0
}
