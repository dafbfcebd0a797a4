import { describe, expect, it } from 'vitest'
import { textColumn } from '../../src/base/text-column.ts'
import { type Embedded, type Embedder, EmbedError } from '../../src/ports/embedder.ts'
import { EmbedMeters } from '../../src/service/embed-meters.ts'
import { manualClock } from '../sim/manual-clock.ts'

const embedded: Embedded = { vectors: new Float32Array(4), empty: new Uint8Array(2), tokenCount: 7 }

function metered(embed: Embedder['embed']) {
  const clock = manualClock()
  const meters = new EmbedMeters(clock)
  const embedder = meters.watch({ id: 'model@1', dims: 2, batchTextsMax: 8, embed })
  const figures = () =>
    Object.fromEntries(
      meters
        .metrics()
        .flatMap(({ name, samples }) =>
          samples.map(({ labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
        ),
    )
  return { clock, embedder, figures }
}

describe('the meters of an embedder', () => {
  it('count what it was asked and how long it took', async () => {
    const { clock, embedder, figures } = metered(async () => {
      clock.pass(1500)
      return embedded
    })
    expect(await embedder.embed(textColumn(['gold', 'sand']))).toBe(embedded)
    expect(figures()).toEqual({
      'alluvium_embedder_info model@1': 1,
      alluvium_embed_calls_total: 1,
      alluvium_embed_texts_total: 2,
      alluvium_embed_tokens_total: 7,
      alluvium_embed_seconds_total: 1.5,
      'alluvium_embed_failures_total transient': 0,
      'alluvium_embed_failures_total permanent': 0,
    })
  })

  it('tell failures that pass from those that stay, and count no caller who went', async () => {
    const errors = [
      new EmbedError('far', 'away', { isTransient: true }),
      new EmbedError('far', 'wrong size'),
      new Error('gone'),
    ]
    const { embedder, figures } = metered(() => Promise.reject(errors.shift()))
    for (const message of ['away', 'wrong size', 'gone'])
      await expect(embedder.embed(textColumn(['gold']))).rejects.toThrow(message)
    expect(figures()).toMatchObject({
      alluvium_embed_calls_total: 0,
      'alluvium_embed_failures_total transient': 1,
      'alluvium_embed_failures_total permanent': 1,
    })
  })

  it('name no model before there is one', () => {
    const [info] = new EmbedMeters(manualClock()).metrics()
    expect(info!.samples).toEqual([])
  })
})
