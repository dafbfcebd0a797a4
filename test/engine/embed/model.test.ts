import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../../src/base/crc32c.ts'
import { BadInput } from '../../../src/engine/checks.ts'
import { readEmbedModel } from '../../../src/engine/embed/model.ts'
import { modelFile } from './model-file.ts'

describe('the default model', () => {
  it('is at most 10 MB, and says what it is', () => {
    expect(modelFile.length).toBeLessThan(10_000_000)
    const { dims, tokenCount, wordCharsMax } = readEmbedModel(modelFile)
    expect({ dims, tokenCount, wordCharsMax }).toEqual({ dims: 256, tokenCount: 29_523, wordCharsMax: 100 })
  })

  it('has an id that is the hash of what it holds', () => {
    const hash = createHash('sha256').update(modelFile.subarray(192)).digest('hex')
    expect(readEmbedModel(modelFile).id).toBe(`static-minilm-256@${hash.slice(0, 12)}`)
  })
})

describe('a model file', () => {
  it('of another kind or version, cut short or damaged is refused', () => {
    const broken = (change: (bytes: Uint8Array) => void) => {
      const bytes = modelFile.slice()
      change(bytes)
      return bytes
    }
    const files = [
      new Uint8Array(),
      modelFile.subarray(0, 100),
      modelFile.subarray(0, modelFile.length - 1),
      broken(bytes => (bytes[0] = 0)),
      broken(bytes => (bytes[8] = 2)),
      broken(bytes => (bytes[5_000_000]! ^= 1)),
    ]
    for (const bytes of files) expect(() => readEmbedModel(bytes)).toThrow(BadInput)
  })

  it('that says what can not be is refused, though its checksum is right', () => {
    const words: [at: number, value: number][] = [
      [16, 0],
      [16, 100],
      [16, 8192],
      [20, 0],
      [20, 100_000],
      [24, 65_535],
      [24, 1024],
      [28, 0],
      [32, 0],
      [32, 100_000],
      [36, 64],
      [36, 200],
      [40, 0xffff_ffc0],
      [52, 192],
      [64, 0xffff_ffff],
      [68, 100],
    ]
    for (const [at, value] of words)
      expect(() => readEmbedModel(changed(at, value)), `${value} at ${at}`).toThrow(BadInput)
  })
})

/** The model with another word in its header and a checksum that fits. */
function changed(at: number, value: number): Uint8Array {
  const bytes = modelFile.slice()
  const view = new DataView(bytes.buffer)
  view.setUint32(at, value, true)
  view.setUint32(12, crc32c(bytes.subarray(16), crc32c(bytes.subarray(0, 12))), true)
  return bytes
}
