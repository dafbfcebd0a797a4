// UTF-8 (RFC 3629) read from memory and written to it, a character at a time. What is ill-formed reads as U+FFFD by the rule
// of maximal subparts (Unicode 3.9), as every browser does it: the byte that broke a sequence is read again.

/** Stands for what is no character. */
export const REPLACEMENT: u32 = 0xfffd

/** @returns the character at `at` in the low 32 bits, and the bytes that it takes above. @param end  past `at` */
export function readPoint(at: usize, end: usize): u64 {
  const first: u32 = load<u8>(at)
  if (first < 0x80) return pointOf(first, 1)
  const more = <u32>(first >= 0xc2) + <u32>(first >= 0xe0) + <u32>(first >= 0xf0)
  if (more === 0 || first > 0xf4) return pointOf(REPLACEMENT, 1)
  let point = first & (0x3f >>> more)
  for (let i: u32 = 1; i <= more; i++) {
    if (at + i >= end) return pointOf(REPLACEMENT, i)
    const byte: u32 = load<u8>(at + i)
    const isOutside = i === 1 ? byte < leastSecond(first) || byte > mostSecond(first) : (byte & 0xc0) !== 0x80
    if (isOutside) return pointOf(REPLACEMENT, i)
    point = (point << 6) | (byte & 0x3f)
  }
  return pointOf(point, more + 1)
}

function pointOf(point: u32, bytes: u32): u64 {
  return ((<u64>bytes) << 32) | point
}

/** Overlong sequences begin below. */
function leastSecond(first: u32): u32 {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
}

/** Surrogates, and what lies past U+10FFFF, begin above. */
function mostSecond(first: u32): u32 {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
}

/** @returns bytes written, 1..4 */
export function writePoint(to: usize, point: u32): usize {
  if (point < 0x80) {
    store<u8>(to, point)
    return 1
  }
  if (point < 0x800) {
    store<u8>(to, 0xc0 | (point >>> 6))
    store<u8>(to, 0x80 | (point & 0x3f), 1)
    return 2
  }
  if (point < 0x10000) {
    store<u8>(to, 0xe0 | (point >>> 12))
    store<u8>(to, 0x80 | ((point >>> 6) & 0x3f), 1)
    store<u8>(to, 0x80 | (point & 0x3f), 2)
    return 3
  }
  store<u8>(to, 0xf0 | (point >>> 18))
  store<u8>(to, 0x80 | ((point >>> 12) & 0x3f), 1)
  store<u8>(to, 0x80 | ((point >>> 6) & 0x3f), 2)
  store<u8>(to, 0x80 | (point & 0x3f), 3)
  return 4
}
