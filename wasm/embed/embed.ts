// Static embeddings: the sum of what a text's tokens mean, made to length 1 (Model2Vec, Tulkens and van Dongen 2024). A
// token is a row of signed bytes times a scale of 15 bits, so a sum of 512 of them fits 32 bits whatever they are: all sums
// are whole numbers, exact, and the same on every machine.

import { word } from '../base/words'
import { dimsOf, rowOf, scaleOf, UNKNOWN } from './model'
import { tokenize } from './wordpiece'

/** Components that are summed at a time, in sixteen registers: a cache line of each row. */
const BLOCK: u32 = 64

/**
 * Embeds texts.
 *
 * @param texts      their bytes, one behind the other
 * @param starts     u32[textCount + 1], where each begins, counted from `texts`
 * @param vectors    f32[textCount × dims]; zeros for a text without known tokens
 * @param counts     u32[textCount × 2]: tokens, and how many of them are known
 * @param tokensMax  at most 512
 * @param tokens     scratch of tokenize, as is `scratch`
 * @param sums       scratch, i32[dims], on a multiple of 16
 */
export function embed(
  model: usize,
  texts: usize,
  starts: usize,
  textCount: u32,
  vectors: usize,
  counts: usize,
  tokensMax: u32,
  tokens: usize,
  scratch: usize,
  sums: usize,
): void {
  const dims = dimsOf(model)
  for (let text: u32 = 0; text < textCount; text++) {
    const from = texts + word(starts, text)
    const count = tokenize(model, from, texts + word(starts, text + 1), tokens, tokensMax, scratch)
    const known = keepKnown(tokens, count)
    for (let dim: u32 = 0; dim < dims; dim += BLOCK) sumBlock(model, tokens, known, dim, sums + (dim << 2))
    normalise(sums, dims, vectors + ((<usize>text * dims) << 2))
    store<u32>(counts + ((<usize>text) << 3), count)
    store<u32>(counts + ((<usize>text) << 3), known, 4)
  }
}

/** Moves known tokens to the front. @returns how many they are */
function keepKnown(tokens: usize, count: u32): u32 {
  let known: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const token = word(tokens, i)
    store<u32>(tokens + ((<usize>known) << 2), token)
    known += <u32>(token !== UNKNOWN)
  }
  return known
}

/** Unrolled by hand: the sums stay in registers only where each has a name. */
function sumBlock(model: usize, tokens: usize, count: u32, dim: u32, sums: usize): void {
  let s0 = i32x4.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  let s8 = s0
  let s9 = s0
  let s10 = s0
  let s11 = s0
  let s12 = s0
  let s13 = s0
  let s14 = s0
  let s15 = s0
  for (let i: u32 = 0; i < count; i++) {
    const token = word(tokens, i)
    const row = rowOf(model, token) + dim
    const scale = i16x8.splat(<i16>scaleOf(model, token))
    const codes0 = v128.load(row)
    const low0 = i16x8.extend_low_i8x16_s(codes0)
    s0 = i32x4.add(s0, i32x4.extmul_low_i16x8_s(low0, scale))
    s1 = i32x4.add(s1, i32x4.extmul_high_i16x8_s(low0, scale))
    const high0 = i16x8.extend_high_i8x16_s(codes0)
    s2 = i32x4.add(s2, i32x4.extmul_low_i16x8_s(high0, scale))
    s3 = i32x4.add(s3, i32x4.extmul_high_i16x8_s(high0, scale))
    const codes1 = v128.load(row, 16)
    const low1 = i16x8.extend_low_i8x16_s(codes1)
    s4 = i32x4.add(s4, i32x4.extmul_low_i16x8_s(low1, scale))
    s5 = i32x4.add(s5, i32x4.extmul_high_i16x8_s(low1, scale))
    const high1 = i16x8.extend_high_i8x16_s(codes1)
    s6 = i32x4.add(s6, i32x4.extmul_low_i16x8_s(high1, scale))
    s7 = i32x4.add(s7, i32x4.extmul_high_i16x8_s(high1, scale))
    const codes2 = v128.load(row, 32)
    const low2 = i16x8.extend_low_i8x16_s(codes2)
    s8 = i32x4.add(s8, i32x4.extmul_low_i16x8_s(low2, scale))
    s9 = i32x4.add(s9, i32x4.extmul_high_i16x8_s(low2, scale))
    const high2 = i16x8.extend_high_i8x16_s(codes2)
    s10 = i32x4.add(s10, i32x4.extmul_low_i16x8_s(high2, scale))
    s11 = i32x4.add(s11, i32x4.extmul_high_i16x8_s(high2, scale))
    const codes3 = v128.load(row, 48)
    const low3 = i16x8.extend_low_i8x16_s(codes3)
    s12 = i32x4.add(s12, i32x4.extmul_low_i16x8_s(low3, scale))
    s13 = i32x4.add(s13, i32x4.extmul_high_i16x8_s(low3, scale))
    const high3 = i16x8.extend_high_i8x16_s(codes3)
    s14 = i32x4.add(s14, i32x4.extmul_low_i16x8_s(high3, scale))
    s15 = i32x4.add(s15, i32x4.extmul_high_i16x8_s(high3, scale))
  }
  v128.store(sums, s0)
  v128.store(sums, s1, 16)
  v128.store(sums, s2, 32)
  v128.store(sums, s3, 48)
  v128.store(sums, s4, 64)
  v128.store(sums, s5, 80)
  v128.store(sums, s6, 96)
  v128.store(sums, s7, 112)
  v128.store(sums, s8, 128)
  v128.store(sums, s9, 144)
  v128.store(sums, s10, 160)
  v128.store(sums, s11, 176)
  v128.store(sums, s12, 192)
  v128.store(sums, s13, 208)
  v128.store(sums, s14, 224)
  v128.store(sums, s15, 240)
}

/** Squares as f64, which the longest sums need, added up in one order whatever the binary. */
function normalise(sums: usize, dims: u32, vector: usize): void {
  const end = sums + (dims << 2)
  let squares = f64x2.splat(0)
  for (let at = sums; at < end; at += 16) {
    const four = v128.load(at)
    const low = f64x2.convert_low_i32x4_s(four)
    const high = f64x2.convert_low_i32x4_s(upperOf(four))
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)))
  }
  const square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)
  const factor = f64x2.splat(square > 0 ? 1 / sqrt(square) : 0)
  for (let at = sums; at < end; at += 16) {
    const four = v128.load(at)
    const low = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.convert_low_i32x4_s(four), factor))
    const high = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.convert_low_i32x4_s(upperOf(four)), factor))
    v128.store(vector, i32x4.shuffle(low, high, 0, 1, 4, 5))
    vector += 16
  }
}

function upperOf(four: v128): v128 {
  return i32x4.shuffle(four, four, 2, 3, 0, 1)
}
