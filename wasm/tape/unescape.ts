// A JSON string's escapes (RFC 8259, 7) written out as UTF-8. The text was scanned before, so every escape is whole.

import { REPLACEMENT, writePoint } from '../base/utf8'

const BACKSLASH: u32 = 0x5c

/** @param to  room for as many bytes as there are: no escape is shorter than what it stands for. @returns bytes written */
export function unescape(from: usize, bytes: u32, to: usize): u32 {
  const end = from + bytes
  const start = to
  while (from < end) {
    const byte: u32 = load<u8>(from++)
    if (byte !== BACKSLASH) {
      store<u8>(to++, byte)
      continue
    }
    const letter: u32 = load<u8>(from++)
    if (letter !== 0x75) {
      store<u8>(to++, standsFor(letter))
      continue
    }
    let unit = hex4(from)
    from += 4
    if ((unit & 0xf800) === 0xd800) {
      const isPaired = unit < 0xdc00 && from + 6 <= end && load<u16>(from) === 0x755c
      const low = isPaired ? hex4(from + 2) : 0
      if ((low & 0xfc00) === 0xdc00) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        from += 6
      } else unit = REPLACEMENT
    }
    to += writePoint(to, unit)
  }
  return <u32>(to - start)
}

function standsFor(letter: u32): u32 {
  switch (letter) {
    case 0x62:
      return 8
    case 0x66:
      return 12
    case 0x6e:
      return 10
    case 0x72:
      return 13
    case 0x74:
      return 9
    default:
      return letter
  }
}

function hex4(at: usize): u32 {
  let value: u32 = 0
  for (let i: usize = 0; i < 4; i++) {
    const byte: u32 = load<u8>(at + i)
    value = (value << 4) | (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57)
  }
  return value
}
