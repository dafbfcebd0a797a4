// The name of a refusal within its tenant and stream: `<slice>.<generation>.<writer>-<sequence>`.

import { parseSegmentId } from './slice.ts'

export function refusalId(segmentId: string, writer: string, sequence: number): string {
  const name = parseSegmentId(segmentId)!
  return `${name.slice}.${name.generation}.${writer}-${sequence}`
}

/** @returns undefined when the text is no refusal id */
export function parseRefusalId(
  text: string,
  tenant: string,
  stream: string,
): { segmentId: string; sequence: number } | undefined {
  const found = /^(\d{4}-\d{2}-\d{2}(?:T\d{2})?)\.(\d{1,9})\.[a-z0-9]+-(\d{1,15})$/.exec(text)
  return found
    ? { segmentId: `${tenant}/${stream}/${found[1]}/${found[2]}`, sequence: Number(found[3]) }
    : undefined
}
