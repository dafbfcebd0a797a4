import { describe, expect, it } from 'vitest'
import { staticEmbedder } from '../../src/adapters/embedder-static.ts'
import { textColumn } from '../../src/base/text-column.ts'
import { BadInput } from '../../src/engine/checks.ts'
import type { EmbedExports } from '../../src/engine/embed/memory.ts'
import { startKernels } from '../../src/engine/kernels.ts'
import { binaries } from '../engine/binaries.ts'
import { modelFile } from '../engine/embed/model-file.ts'
import { describeEmbedder } from '../ports/embedder.suite.ts'

for (const { name, module } of binaries)
  describeEmbedder(`static, by ${name}`, async () =>
    staticEmbedder(startKernels<EmbedExports>(module), modelFile),
  )

describe('the static embedder', () => {
  it('is named by its model and the hash of what that holds', () => {
    const { id, dims } = staticEmbedder(startKernels<EmbedExports>(binaries[0]!.module), modelFile)
    expect(id).toMatch(/^static-minilm-256@[0-9a-f]{12}$/)
    expect(dims).toBe(256)
  })

  it('gives the same bits by every binary', async () => {
    const texts = textColumn(['layers hold gold', 'Größe 漢字 👍', 'x'.repeat(500), ''])
    const all = await Promise.all(
      binaries.map(({ module }) =>
        staticEmbedder(startKernels<EmbedExports>(module), modelFile).embed(texts),
      ),
    )
    for (const one of all) expect(one).toEqual(all[0])
  })

  it('refuses a file that is none', () => {
    const kernels = startKernels<EmbedExports>(binaries[0]!.module)
    expect(() => staticEmbedder(kernels, new Uint8Array(100))).toThrow(BadInput)
  })
})
