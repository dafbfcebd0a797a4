// What an embedder is asked and how it does, for /metrics: calls, texts, tokens, time, and failures by whether they pass.

import { textCountOf } from '../base/text-column.ts'
import type { Metric } from '../contract/service.ts'
import type { Clock } from '../ports/clock.ts'
import { type Embedder, EmbedError } from '../ports/embedder.ts'

export class EmbedMeters {
  readonly #clock: Clock
  #model: string | undefined
  #calls = 0
  #texts = 0
  #tokens = 0
  #ms = 0
  readonly #failures = { transient: 0, permanent: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The same embedder, counted. */
  watch(embedder: Embedder): Embedder {
    this.#model = embedder.id
    return {
      id: embedder.id,
      dims: embedder.dims,
      batchTextsMax: embedder.batchTextsMax,
      embed: async (texts, options) => {
        const startMs = this.#clock.nowMs()
        try {
          const embedded = await embedder.embed(texts, options)
          this.#calls++
          this.#texts += textCountOf(texts)
          this.#tokens += embedded.tokenCount
          return embedded
        } catch (error) {
          if (error instanceof EmbedError) this.#failures[error.isTransient ? 'transient' : 'permanent']++
          throw error
        } finally {
          this.#ms += this.#clock.nowMs() - startMs
        }
      },
    }
  }

  metrics(): Metric[] {
    const counted = (name: string, help: string, value: number): Metric => ({
      name: `alluvium_embed_${name}_total`,
      kind: 'counter',
      help,
      samples: [{ labels: {}, value }],
    })
    return [
      {
        name: 'alluvium_embedder_info',
        kind: 'gauge',
        help: 'model that texts are embedded by, once it has been asked for',
        samples: this.#model === undefined ? [] : [{ labels: { model: this.#model }, value: 1 }],
      },
      counted('calls', 'calls of the embedder that it answered', this.#calls),
      counted('texts', 'texts that it embedded', this.#texts),
      counted('tokens', 'tokens that it read, as it counts them', this.#tokens),
      counted('seconds', 'time that calls took, failed ones too', this.#ms / 1000),
      {
        name: 'alluvium_embed_failures_total',
        kind: 'counter',
        help: 'calls that failed, by whether trying again may help',
        samples: Object.entries(this.#failures).map(([kind, value]) => ({ labels: { kind }, value })),
      },
    ]
  }
}
