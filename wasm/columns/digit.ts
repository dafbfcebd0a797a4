/** ASCII 0 to 9. */
export function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9
}
