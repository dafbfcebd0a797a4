// The merger: joins neighbouring parts of one role into one, beside the sealer, so that sealing never waits for it.

import type { Part } from '../contract/segment.ts'
import { CorruptPart } from '../segment/checked.ts'
import { type MergeTools, mergeParts } from '../segment/merge.ts'
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
  readonly #tools: MergeTools

  constructor(tools: MergeTools) {
    this.#tools = tools
  }

  async merge(plan: MergePlan): Promise<Merged> {
    try {
      return { parts: await mergeParts(plan, this.#tools) }
    } catch (error) {
      if (!(error instanceof CorruptPart)) throw error
      return { parts: [], damaged: error.key }
    }
  }
}
