// CRC-32C (Castagnoli 1993, polynomial 0x1EDC6F41 reflected), eight bytes a step (Kounavis, Berry 2005).

const TABLE = buildTable()

/**
 * @param bytes  u8[n]
 * @param start  the checksum of the bytes before, to go on from; 0 for none
 * @returns u32; crc32c('123456789') is 0xE3069283
 */
export function crc32c(bytes: Uint8Array, start = 0): number {
  let crc = ~start >>> 0
  const end = bytes.length
  const bulkEnd = end - (end % 8)
  let i = 0
  for (; i < bulkEnd; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    crc =
      TABLE[1792 + (crc & 255)]! ^
      TABLE[1536 + ((crc >>> 8) & 255)]! ^
      TABLE[1280 + ((crc >>> 16) & 255)]! ^
      TABLE[1024 + (crc >>> 24)]! ^
      TABLE[768 + bytes[i + 4]!]! ^
      TABLE[512 + bytes[i + 5]!]! ^
      TABLE[256 + bytes[i + 6]!]! ^
      TABLE[bytes[i + 7]!]!
  }
  for (; i < end; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** Table k, row b: the checksum of byte b followed by k zero bytes. */
function buildTable(): Int32Array {
  const table = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    table[byte] = crc
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!
    table[at] = table[before & 255]! ^ (before >>> 8)
  }
  return table
}
