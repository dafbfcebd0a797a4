// What a pack has made of one event.

import { fromUtf8 } from '../../base/bytes.ts'
import type { StoredEvent } from '../../contract/service.ts'
import type { TextRun } from '../runs.ts'

/** The doc of an event within its segment. */
export function docOf({ docId }: Pick<StoredEvent, 'docId'>): number {
  return Number(docId.slice(docId.lastIndexOf('-') + 1))
}

/** @returns undefined where the run does not have the doc, or the doc no text */
export async function textOfDoc({ texts }: TextRun, doc: number): Promise<string | undefined> {
  const { docFirst, docUntil } = await texts.shape()
  if (doc < docFirst || doc >= docUntil) return undefined
  const [text] = await texts.textsOf(Uint32Array.of(doc))
  if (text === undefined || text < 0) return undefined
  return fromUtf8((await texts.texts(Uint32Array.of(text))).data)
}
