// What decoding one body may cost. A few bytes can claim billions of values, and overlapping chunks can claim the same
// bytes over and over; so everything that is inflated or unpacked is paid for here before it is allocated.

import { Refused } from '../../contract/refused.ts'

export class Budget {
  readonly inflatedBytesMax: number
  #left: number

  constructor(inflatedBytesMax: number) {
    this.inflatedBytesMax = inflatedBytesMax
    this.#left = inflatedBytesMax
  }

  get left(): number {
    return this.#left
  }

  /** @throws Refused `body_too_large` */
  spend(bytes: number): void {
    this.#left -= bytes
    if (!(this.#left >= 0)) throw tooLarge(this.inflatedBytesMax)
  }
}

export function tooLarge(inflatedBytesMax: number): Refused {
  return new Refused(
    'body_too_large',
    `the body decodes to more than ${inflatedBytesMax} bytes: send it in smaller files, or raise body_inflated_bytes_max`,
  )
}
