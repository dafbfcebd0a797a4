// A cell is one value of a column: the row it stands in, and where its bytes lie in this memory.
//
//   { row, at, bytes << 3 | kind }   u32 each; rows rise, and a row that has no cell is null

export const CELL_BYTES: usize = 12

export function cellAt(cells: usize, index: u32): usize {
  return cells + <usize>index * CELL_BYTES
}

export function rowOf(cell: usize): u32 {
  return load<u32>(cell)
}

export function startOf(cell: usize): usize {
  return <usize>load<u32>(cell, 4)
}

export function bytesOf(cell: usize): usize {
  return <usize>(load<u32>(cell, 8) >>> 3)
}

export function kindOf(cell: usize): u32 {
  return load<u32>(cell, 8) & 7
}

export function setCell(cell: usize, row: u32, at: usize, size: u32): void {
  store<u32>(cell, row)
  store<u32>(cell, <u32>at, 4)
  store<u32>(cell, size, 8)
}

/** Bytes of all values. @returns at most 2^32 - 1, which no memory holds */
export function cellsBytes(cells: usize, count: u32): u32 {
  let total: u64 = 0
  for (let i: u32 = 0; i < count; i++) total += bytesOf(cellAt(cells, i))
  return total > <u64>u32.MAX_VALUE ? u32.MAX_VALUE : <u32>total
}

/** Sets the bit of every cell's row, counted from `rowFirst`, in a bitmap of zeros. */
export function cellsValidity(cells: usize, count: u32, rowFirst: u32, bits: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = rowOf(cellAt(cells, i)) - rowFirst
    const at = bits + (row >>> 3)
    store<u8>(at, <u32>load<u8>(at) | (1 << (row & 7)))
  }
}
