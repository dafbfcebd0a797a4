// Many damages, one after the other, each judged, and how many of each verdict there were.

import { seededRandom } from '../../src/base/random.ts'
import { type DataDir, judgeDamage, type Verdict } from './damage.ts'

type Verdicts = Record<Verdict, number>

/** Every file cut to every length below its own, or to one of `step`. */
export async function cutEverywhere(dataDir: DataDir, { step }: { step: number }): Promise<Verdicts> {
  const verdicts = none()
  for (const [path, bytes] of dataDir.files) {
    for (let length = 0; length < bytes.length; length += step) {
      const verdict = await told(`${path} cut to ${length} bytes`, () =>
        judgeDamage(dataDir, path, bytes.slice(0, length)),
      )
      verdicts[verdict]++
    }
  }
  return verdicts
}

/** Single bits of all files, each byte as likely as the other. */
export async function turnBits(
  dataDir: DataDir,
  { bits, seed }: { bits: number; seed: number },
): Promise<Verdicts> {
  const random = seededRandom(seed)
  const files = [...dataDir.files]
  const bytesAll = files.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  const verdicts = none()
  for (let i = 0; i < bits; i++) {
    let at = Math.floor(random() * bytesAll)
    let file = 0
    while (at >= files[file]![1].length) at -= files[file++]![1].length
    const [path, bytes] = files[file]!
    const damaged = bytes.slice()
    const bit = Math.floor(random() * 8)
    damaged[at]! ^= 1 << bit
    const what = `SEED=${seed}: ${path} with bit ${bit} of byte ${at} turned`
    verdicts[await told(what, () => judgeDamage(dataDir, path, damaged))]++
  }
  return verdicts
}

async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

function none(): Verdicts {
  return { harmless: 0, stopped: 0, torn: 0, partial: 0 }
}
