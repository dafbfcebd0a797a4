// Random histories, each from a seed of its own that a failure tells.

import { seededRandom } from '../../src/base/random.ts'
import { Operations } from './operations.ts'
import { Twins } from './twins.ts'

/** Operations after which all is read and compared. */
const compareEvery = 6

export async function runHistories(run: {
  histories: number
  operations: number
  seed: number
}): Promise<void> {
  for (let history = 0; history < run.histories; history++) {
    const seed = run.seed + history
    const random = seededRandom(seed)
    const operations = new Operations(random)
    const twins = new Twins(random)
    for (let i = 0; i < run.operations; i++) {
      const operation = operations.next()
      try {
        await twins.apply(operation)
        if (i % compareEvery === 0 || i === run.operations - 1) await twins.compare()
      } catch (error) {
        const what = `SEED=${seed}, operation ${i}, ${JSON.stringify(operation)}`
        throw new Error(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error })
      }
    }
  }
}
