// Where hashed API keys are kept between runs, so that they can be rotated while the service runs.

import type { KeyEntry } from '../contract/api-key.ts'

export interface KeyFile {
  /**
   * The keys as they are now. The same array as the call before while nothing has changed.
   * @returns undefined when there is no such file
   * @throws Error when the file can't be read or is not a key file
   */
  read(): Promise<readonly KeyEntry[] | undefined>
  /** Replaces all keys at once, readable by its owner alone. */
  write(entries: readonly KeyEntry[]): Promise<void>
}
