// A question over parts some of which may be damaged. One that is found so is set aside, and the question asked again, so
// that the answer is what it would be had the part never been there, in every number of it.

import { CorruptPart } from '../segment/checked.ts'

/** Damaged parts that one question gets over. */
const asideMax = 64

/** @param ask  is given the keys of parts to leave out */
export async function askOfWhole<Answer>(
  ask: (aside: ReadonlySet<string>) => Promise<Answer>,
  onCorrupt: (error: Error) => void,
): Promise<{ answer: Answer; partial: boolean }> {
  const aside = new Set<string>()
  for (;;) {
    try {
      return { answer: await ask(aside), partial: aside.size > 0 }
    } catch (error) {
      if (!(error instanceof CorruptPart) || aside.has(error.key) || aside.size === asideMax) throw error
      onCorrupt(error)
      aside.add(error.key)
    }
  }
}
