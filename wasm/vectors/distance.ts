// How near two vectors are. Rows start on a multiple of 16 bytes and are padded with zeros to one, so that no kernel has a
// loop for what is left over: `bytes` is the padded length and a multiple of 16.
//
// A vector also has a row of codes, one signed byte a component in −127..127, times a scale of its own. What codes are
// compared with is a probe: the other row's codes halved and moved up by 64, so that they lie in 0..127, which is what
// relaxed SIMD multiplies in one instruction. The sum is then 64·Σcodes too large, and each row knows its own Σcodes.
// Without relaxed SIMD a probe is widened to 16 bits once; both binaries come to the same integer.

/** Bytes that a probe takes for each code. */
export const probeBytesPerCode: usize = ASC_FEATURE_RELAXED_SIMD ? 1 : 2

/** Σ a·b over f32 rows. Four sums side by side, because one would wait for its own last addition. */
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  const end = a + bytes
  const bulkEnd = a + (bytes & ~63)
  while (a < bulkEnd) {
    sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0)
    sum1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), sum1)
    sum2 = multiplyAdd(v128.load(a, 32), v128.load(b, 32), sum2)
    sum3 = multiplyAdd(v128.load(a, 48), v128.load(b, 48), sum3)
    a += 64
    b += 64
  }
  while (a < end) {
    sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0)
    a += 16
    b += 16
  }
  return sumOfFloats(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
}

/** The same rounded the same way in every binary, for what is kept; slower. */
export function dotSteady(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0)
  for (const end = a + bytes; a < end; a += 16, b += 16)
    sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(b)))
  return sumOfFloats(sum)
}

/** Σ code·b over codes and f32 components. @param bytes  of the codes */
export function dotCodes(codes: usize, b: usize, bytes: usize): f32 {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  for (const end = codes + bytes; codes < end; codes += 16, b += 64) {
    const low = v128.load8x8_s(codes)
    const high = v128.load8x8_s(codes, 8)
    sum0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), v128.load(b), sum0)
    sum1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), v128.load(b, 16), sum1)
    sum2 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), v128.load(b, 32), sum2)
    sum3 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), v128.load(b, 48), sum3)
  }
  return sumOfFloats(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
}

/** Σ (a − b)² over f32 rows: the square of the Euclidean distance, without the cancellation of |a|² + |b|² − 2a·b. */
export function squaredL2(a: usize, b: usize, bytes: usize): f32 {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  const end = a + bytes
  const bulkEnd = a + (bytes & ~63)
  while (a < bulkEnd) {
    const difference0 = f32x4.sub(v128.load(a), v128.load(b))
    const difference1 = f32x4.sub(v128.load(a, 16), v128.load(b, 16))
    const difference2 = f32x4.sub(v128.load(a, 32), v128.load(b, 32))
    const difference3 = f32x4.sub(v128.load(a, 48), v128.load(b, 48))
    sum0 = multiplyAdd(difference0, difference0, sum0)
    sum1 = multiplyAdd(difference1, difference1, sum1)
    sum2 = multiplyAdd(difference2, difference2, sum2)
    sum3 = multiplyAdd(difference3, difference3, sum3)
    a += 64
    b += 64
  }
  while (a < end) {
    const difference = f32x4.sub(v128.load(a), v128.load(b))
    sum0 = multiplyAdd(difference, difference, sum0)
    a += 16
    b += 16
  }
  return sumOfFloats(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
}

/** Makes the probe of a row of codes: 64 + codes / 2, rounded, at most 127. */
export function writeProbe(probe: usize, codes: usize, bytes: usize): void {
  const flip = i8x16.splat(-128)
  const zero = i8x16.splat(0)
  const most = i8x16.splat(127)
  for (let at: usize = 0; at < bytes; at += 16) {
    // avgr_u is (a + b + 1) >> 1
    const halved = i8x16.avgr_u(v128.xor(v128.load(codes + at), flip), zero)
    const biased = i8x16.min_u(halved, most)
    if (ASC_FEATURE_RELAXED_SIMD) {
      v128.store(probe + at, biased)
    } else {
      v128.store(probe + (at << 1), i16x8.extend_low_i8x16_u(biased))
      v128.store(probe + (at << 1), i16x8.extend_high_i8x16_u(biased), 16)
    }
  }
}

/**
 * Writes f32 components as codes, the largest being ±127.
 *
 * @param bytes  of the codes, which are one for each component of the padded row
 * @returns what a code stands for: component ≈ code × scale; 0 for a row of zeros
 */
export function writeCodes(codes: usize, row: usize, bytes: usize): f32 {
  let most = f32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 4) most = f32x4.max(most, f32x4.abs(v128.load(row + (at << 2))))
  const largest = max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  )
  const scale = largest / 127
  // a row of numbers so small that their scale is none is a row of zeros
  const inverse: f32 = scale > 1e-36 ? 1 / scale : 0
  const factor = f32x4.splat(inverse)
  for (let at: usize = 0; at < bytes; at += 16) {
    const from = row + (at << 2)
    const low = i16x8.narrow_i32x4_s(
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from), factor))),
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from, 16), factor))),
    )
    const high = i16x8.narrow_i32x4_s(
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from, 32), factor))),
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from, 48), factor))),
    )
    v128.store(codes + at, i8x16.max_s(i8x16.narrow_i16x8_s(low, high), i8x16.splat(-127)))
  }
  return inverse > 0 ? scale : 0
}

/** Σ codes. */
export function sumCodes(codes: usize, bytes: usize): i32 {
  let sum = i32x4.splat(0)
  for (const end = codes + bytes; codes < end; codes += 16)
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v128.load(codes))))
  return sumOfIntegers(sum)
}

/** Σ codes². */
export function squareCodes(codes: usize, bytes: usize): i32 {
  let sum = i32x4.splat(0)
  for (const end = codes + bytes; codes < end; codes += 8) {
    const wide = v128.load8x8_s(codes)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(wide, wide))
  }
  return sumOfIntegers(sum)
}

/** Σ (probe − 64)², which is about a quarter of Σ codes². @param bytes  of the codes */
export function squareProbe(probe: usize, bytes: usize): i32 {
  const middle = i16x8.splat(64)
  let sum = i32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 8) {
    const biased = ASC_FEATURE_RELAXED_SIMD ? v128.load8x8_u(probe + at) : v128.load(probe + (at << 1))
    const half = i16x8.sub(biased, middle)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(half, half))
  }
  return sumOfIntegers(sum)
}

/** a·b + sum, rounded once where the binary may and twice where it may not. */
export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum)
  return f32x4.add(f32x4.mul(a, b), sum)
}

function sumOfFloats(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) +
    f32x4.extract_lane(a, 1) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  )
}

export function sumOfIntegers(a: v128): i32 {
  const folded = i32x4.add(a, i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
  return i32x4.extract_lane(folded, 0) + i32x4.extract_lane(folded, 1)
}
