// A folder for as long as it is used, removed however that ends.

import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

export async function inFolder<T>(
  parent: string,
  name: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(parent, name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  try {
    return await use(folder)
  } finally {
    // When a suite fails, its server still writes until this process ends, and that must not hide why it failed.
    await rm(folder, { recursive: true }).catch(() => {})
  }
}
