// Slices of event time and the names made of them. A slice is a whole number of hours that divides the day, in UTC.

export interface Slice {
  fromMs: number
  /** exclusive */
  untilMs: number
}

export interface SegmentName {
  tenant: string
  stream: string
  /** `2015-09-12`, or `2015-09-12T06` where slices are shorter than a day */
  slice: string
  generation: number
}

const HOUR_MS = 3_600_000

export function sliceOf(timeMs: number, sliceHours: number): Slice {
  const sliceMs = sliceHours * HOUR_MS
  const fromMs = Math.floor(timeMs / sliceMs) * sliceMs
  return { fromMs, untilMs: fromMs + sliceMs }
}

export function sliceName({ fromMs, untilMs }: Slice): string {
  const text = new Date(fromMs).toISOString()
  return untilMs - fromMs === 24 * HOUR_MS ? text.slice(0, 10) : text.slice(0, 13)
}

export function segmentId(name: SegmentName): string {
  return `${name.tenant}/${name.stream}/${name.slice}/${name.generation}`
}

/** @returns undefined when the text is no segment id */
export function parseSegmentId(text: string): SegmentName | undefined {
  const found =
    /^([a-z0-9][a-z0-9_-]*)\/([a-z0-9][a-z0-9_-]*)\/(\d{4}-\d{2}-\d{2}(?:T\d{2})?)\/(\d{1,9})$/.exec(text)
  if (!found) return undefined
  return { tenant: found[1]!, stream: found[2]!, slice: found[3]!, generation: Number(found[4]) }
}

/** `<writer>-<sequence>`: a doc of its segment, never renumbered. */
export function docId(writer: string, sequence: number): string {
  return `${writer}-${sequence}`
}

/** Order of segments within a stream: by slice, then by generation. */
export function compareSegmentIds(left: string, right: string): number {
  const [a, b] = [parseSegmentId(left)!, parseSegmentId(right)!]
  if (a.slice !== b.slice) return a.slice < b.slice ? -1 : 1
  return a.generation - b.generation
}

/** The docs of a segment behind a position, read in an order; undefined when the whole segment lies before it. */
export function docsBehind(
  segmentId: string,
  position: { segmentId: string; sequence: number } | undefined,
  order: 'asc' | 'desc',
) {
  const all = { from: 0, until: Number.POSITIVE_INFINITY }
  if (!position) return all
  const side = compareSegmentIds(segmentId, position.segmentId) * (order === 'asc' ? 1 : -1)
  if (side !== 0) return side > 0 ? all : undefined
  return order === 'asc'
    ? { from: position.sequence + 1, until: all.until }
    : { from: 0, until: position.sequence }
}
