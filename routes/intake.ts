// Bytes of request bodies in memory, over all requests at once. Many bodies that are each within their bound could
// together be more than the machine has.

import { assert } from '../src/base/assert.ts'
import { Refused } from '../src/contract/refused.ts'

export interface IntakeBudget {
  readonly heldBytes: number
  hold(): Hold
}

/** What one request holds of the budget. */
export interface Hold {
  /** @throws Refused queue_full when all requests together would hold too much */
  resize(bytes: number): void
  release(): void
}

export function intakeBudget(bytesMax: number): IntakeBudget {
  let heldBytes = 0
  return {
    get heldBytes() {
      return heldBytes
    },
    hold() {
      let bytes = 0
      return {
        resize(next) {
          if (heldBytes - bytes + next > bytesMax) {
            throw new Refused(
              'queue_full',
              `bodies in flight would hold more than ${bytesMax} bytes; try again in a moment`,
            )
          }
          heldBytes += next - bytes
          bytes = next
        },
        release() {
          heldBytes -= bytes
          bytes = 0
          assert(heldBytes >= 0, 'the intake gave back more than it held')
        },
      }
    },
  }
}
