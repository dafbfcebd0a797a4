// The default model, as it is shipped.

import { readFileSync } from 'node:fs'

export const modelFile = new Uint8Array(
  readFileSync(new URL('../../../models/static-minilm-256/model.bin', import.meta.url)),
)
