// Distances that are told: the same bits in every binary and wherever a row lies, because every product and every sum is
// rounded by itself and in one order. Rows are filled up with zeros to a multiple of 4 components. Component i goes to lane
// i mod 16; what is left behind the last whole 16 goes to lane i mod 4. Then lane l of four is (l + l₄) + (l₈ + l₁₂) of the
// sixteen, and the sum is (0 + 1) + (2 + 3) of the four.

// forms of distance, as the face numbers them
const cosine: u32 = 0
const product: u32 = 1

/**
 * @param query  f32, padded with zeros to rowBytes, a multiple of 16, as the rows are
 * @param to     f32[count]: 1 − a·b but at least 0, for rows and a query of length 1; −a·b; or the Euclidean distance
 */
export function measureSteady(
  form: u32,
  query: usize,
  rows: usize,
  rowBytes: usize,
  count: u32,
  to: usize,
): void {
  for (const end = rows + <usize>count * rowBytes; rows < end; rows += rowBytes, to += 4) {
    if (form == product) store<f32>(to, -dotInOrder(rows, query, rowBytes))
    else if (form == cosine) store<f32>(to, max<f32>(0, 1 - dotInOrder(rows, query, rowBytes)))
    else store<f32>(to, sqrt<f32>(squaredInOrder(rows, query, rowBytes)))
  }
}

function dotInOrder(a: usize, b: usize, bytes: usize): f32 {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  const end = a + bytes
  const bulkEnd = a + (bytes & ~63)
  while (a < bulkEnd) {
    sum0 = f32x4.add(sum0, f32x4.mul(v128.load(a), v128.load(b)))
    sum1 = f32x4.add(sum1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)))
    sum2 = f32x4.add(sum2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)))
    sum3 = f32x4.add(sum3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)))
    a += 64
    b += 64
  }
  for (; a < end; a += 16, b += 16) sum0 = f32x4.add(sum0, f32x4.mul(v128.load(a), v128.load(b)))
  return sumInOrder(sum0, sum1, sum2, sum3)
}

function squaredInOrder(a: usize, b: usize, bytes: usize): f32 {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  const end = a + bytes
  const bulkEnd = a + (bytes & ~63)
  while (a < bulkEnd) {
    sum0 = f32x4.add(sum0, squareOf(f32x4.sub(v128.load(a), v128.load(b))))
    sum1 = f32x4.add(sum1, squareOf(f32x4.sub(v128.load(a, 16), v128.load(b, 16))))
    sum2 = f32x4.add(sum2, squareOf(f32x4.sub(v128.load(a, 32), v128.load(b, 32))))
    sum3 = f32x4.add(sum3, squareOf(f32x4.sub(v128.load(a, 48), v128.load(b, 48))))
    a += 64
    b += 64
  }
  for (; a < end; a += 16, b += 16) sum0 = f32x4.add(sum0, squareOf(f32x4.sub(v128.load(a), v128.load(b))))
  return sumInOrder(sum0, sum1, sum2, sum3)
}

function squareOf(a: v128): v128 {
  return f32x4.mul(a, a)
}

function sumInOrder(sum0: v128, sum1: v128, sum2: v128, sum3: v128): f32 {
  const sum = f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3))
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  )
}
