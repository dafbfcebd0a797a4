// The merger: joins neighbouring parts of one role into one, beside the sealer, so that sealing never waits for it.

import type { Part } from '../contract/segment.ts'
import type { Codec } from '../ports/codec.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { CorruptPart } from '../segment/checked.ts'
import { mergeParts } from '../segment/merge.ts'
import type { MergePlan } from './merge-plan.ts'

/** @property damaged  key of an input that is not what was written: then nothing was made of the others */
export interface Merged {
  parts: Part[]
  damaged?: string
}

/** The merger as the writer sees it, wherever it runs. */
export interface Merging {
  /** Resolves when the part is durable, or when it can't be made. */
  merge(plan: MergePlan): Promise<Merged>
}

export class Merger implements Merging {
  readonly #store: ObjectStore
  readonly #codec: Codec

  constructor(store: ObjectStore, codec: Codec) {
    this.#store = store
    this.#codec = codec
  }

  async merge(plan: MergePlan): Promise<Merged> {
    try {
      return { parts: await mergeParts(plan, { store: this.#store, codec: this.#codec }) }
    } catch (error) {
      if (!(error instanceof CorruptPart)) throw error
      return { parts: [], damaged: error.key }
    }
  }
}
