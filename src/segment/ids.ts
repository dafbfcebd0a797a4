// The `ids` part: which events a segment holds, by the hash of their id, so that a duplicate is told exactly and an
// event is found without a scan. In memory stay the filter and one word a page, below 2 bytes an event.
//
//   header   'ALID' | version u32 | entry count u32 | filter words u32 | page count u32 | crc32c of all before the pages
//   filter   split block Bloom filter over (h0, h1)
//   fences   u32 for each page: h0 of its first entry
//   pages    4096 bytes each: crc32c u32 of the rest | entry count u32 | entries
//   entry    h0 h1 h2 h3 doc   u32 each, rising by (h0, h1, h2, h3, doc)
//
// All words are little-endian. (h0, h1) hash the event id alone, so that it can be looked up without its source;
// (h2, h3) hash it together with its source. The four make 128 bits: no two ids of a store are taken for one.

import { assert } from '../base/assert.ts'
import { crc32c } from '../base/crc32c.ts'
import { murmur3x128 } from '../base/murmur3.ts'
import { addToFilter, createFilter, type Filter, maybeInFilter } from './filter.ts'
import { entryWords, sortEntries } from './ids-sort.ts'

export { entryWords }

const MAGIC = 0x44494c41
const VERSION = 1
const HEADER_WORDS = 6
const PAGE_BYTES = 4096
export const entriesPerPage = Math.floor((PAGE_BYTES / 4 - 2) / entryWords)

/** What is kept in memory of an ids part. */
export interface IdsIndex {
  key: string
  entryCount: number
  filter: Filter
  fences: Uint32Array
  pagesStart: number
}

export type ReadRange = (key: string, start: number, end: number) => Promise<Uint8Array>

export class CorruptIds extends Error {
  override name = 'CorruptIds'
}

const scratch = new Uint32Array(4)

/**
 * The 128-bit identity of an event: four words of its id's hash, the last two turned by its source's.
 * @param id          the event id is [start, end)
 * @param seed        u32, one a store, so that nobody outside can aim at a collision
 * @param sourceHash  u32[≥ 2], see hashSource
 * @param out         u32[], written at [at, at + 4)
 */
export function hashIdentity(
  id: { bytes: Uint8Array; start: number; end: number },
  seed: number,
  sourceHash: Uint32Array,
  out: Uint32Array,
  at: number,
): void {
  murmur3x128(id.bytes, id.start, id.end, seed, scratch)
  out[at] = scratch[0]!
  out[at + 1] = scratch[1]!
  out[at + 2] = scratch[2]! ^ sourceHash[0]!
  out[at + 3] = scratch[3]! ^ sourceHash[1]!
}

export function hashSource(source: Uint8Array, seed: number): Uint32Array {
  const hash = new Uint32Array(4)
  murmur3x128(source, 0, source.length, ~seed, hash)
  return hash
}

/** @param entries  u32[n × entryWords], in any order. @returns the file, in chunks */
export function writeIds(entries: Uint32Array): Uint8Array[] {
  const sorted = sortEntries(entries)
  const head = new IdsHead(entries.length / entryWords)
  head.add(sorted)
  return [...head.encoded(), encodePages(sorted)]
}

/** What stands before the pages, made from all entries in their order. */
export class IdsHead {
  readonly #entryCount: number
  readonly #filter: Filter
  readonly #fences: Uint32Array
  #added = 0

  constructor(entryCount: number) {
    this.#entryCount = entryCount
    this.#filter = createFilter(entryCount)
    this.#fences = new Uint32Array(Math.ceil(entryCount / entriesPerPage))
  }

  /** @param sorted  u32[n × entryWords], the next entries */
  add(sorted: Uint32Array): void {
    for (let at = 0; at < sorted.length; at += entryWords) {
      if (this.#added % entriesPerPage === 0) this.#fences[this.#added / entriesPerPage] = sorted[at]!
      addToFilter(this.#filter, sorted[at]!, sorted[at + 1]!)
      this.#added++
    }
  }

  encoded(): Uint8Array[] {
    assert(this.#added === this.#entryCount, 'as many entries as were announced')
    const header = Uint32Array.of(
      MAGIC,
      VERSION,
      this.#entryCount,
      this.#filter.length,
      this.#fences.length,
      0,
    )
    header[5] = headCrc(header, this.#filter, this.#fences)
    return [header, this.#filter, this.#fences].map(words => new Uint8Array(words.buffer))
  }
}

/** @param sorted  u32[n × entryWords], all entries or a multiple of `entriesPerPage` of them. @returns their pages */
export function encodePages(sorted: Uint32Array): Uint8Array {
  const entryCount = sorted.length / entryWords
  const pageCount = Math.ceil(entryCount / entriesPerPage)
  const pages = new Uint32Array((pageCount * PAGE_BYTES) / 4)
  for (let page = 0; page < pageCount; page++) {
    const first = page * entriesPerPage
    const end = Math.min(entryCount, first + entriesPerPage)
    const at = (page * PAGE_BYTES) / 4
    pages.set(sorted.subarray(first * entryWords, end * entryWords), at + 2)
    pages[at + 1] = end - first
    pages[at] = crc32c(new Uint8Array(pages.buffer, page * PAGE_BYTES + 4, PAGE_BYTES - 4))
  }
  return new Uint8Array(pages.buffer)
}

/** Reads what stays in memory. @throws CorruptIds */
export async function openIds(key: string, read: ReadRange): Promise<IdsIndex> {
  const header = words(await read(key, 0, HEADER_WORDS * 4)).slice()
  if (header.length < HEADER_WORDS) throw new CorruptIds(`${key}: the file ends within its header`)
  if (header[0] !== MAGIC || header[1] !== VERSION)
    throw new CorruptIds(`${key}: not an ids part of version ${VERSION}`)
  const [, , entryCount, filterWords, pageCount, crc] = header as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const pagesStart = (HEADER_WORDS + filterWords + pageCount) * 4
  const rest = words(await read(key, HEADER_WORDS * 4, pagesStart))
  const filter = rest.slice(0, filterWords)
  const fences = rest.slice(filterWords, filterWords + pageCount)
  header[5] = 0
  if (fences.length !== pageCount || headCrc(header, filter, fences) !== crc) {
    throw new CorruptIds(`${key}: the checksum of its head does not match`)
  }
  return { key, entryCount, filter, fences, pagesStart }
}

export function maybeHas(index: IdsIndex, h0: number, h1: number): boolean {
  return index.entryCount > 0 && maybeInFilter(index.filter, h0, h1)
}

/**
 * @param identity  u32[4], or u32[2] to find an event id of whatever source
 * @returns docs that carry it
 * @throws CorruptIds
 */
export async function findDocs(index: IdsIndex, identity: Uint32Array, read: ReadRange): Promise<number[]> {
  if (index.fences.length === 0) return []
  const h0 = identity[0]!
  const first = firstPage(index.fences, h0)
  let until = first + 1
  while (until < index.fences.length && index.fences[until]! <= h0) until++
  const entries = await readEntries(index, { first, until }, read)
  const docs: number[] = []
  for (let at = 0; at < entries.length; at += entryWords) {
    if (identity.every((word, i) => entries[at + i] === word)) docs.push(entries[at + 4]!)
  }
  return docs
}

/** The entries of pages [first, until), in order. @throws CorruptIds */
export async function readEntries(
  { key, pagesStart }: IdsIndex,
  { first, until }: { first: number; until: number },
  read: ReadRange,
): Promise<Uint32Array> {
  const bytes = await read(key, pagesStart + first * PAGE_BYTES, pagesStart + until * PAGE_BYTES)
  if (bytes.length !== (until - first) * PAGE_BYTES) throw new CorruptIds(`${key}: the file is short`)
  const entries = new Uint32Array((until - first) * entriesPerPage * entryWords)
  let filled = 0
  for (let page = 0; page < until - first; page++) {
    const found = pageEntries(key, bytes.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES))
    entries.set(found, filled)
    filled += found.length
  }
  return entries.subarray(0, filled)
}

function pageEntries(key: string, bytes: Uint8Array): Uint32Array {
  const page = words(bytes)
  const entryCount = page[1]!
  if (crc32c(bytes.subarray(4)) !== page[0]! || entryCount > entriesPerPage) {
    throw new CorruptIds(`${key}: the checksum of a page does not match`)
  }
  return page.subarray(2, 2 + entryCount * entryWords)
}

/** The first page that may hold h0: the one before the first fence that is not below it. */
function firstPage(fences: Uint32Array, h0: number): number {
  let low = 0
  let high = fences.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (fences[middle]! < h0) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

function headCrc(...parts: Uint32Array[]): number {
  return parts.reduce(
    (crc, part) => crc32c(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), crc),
    0,
  )
}

/** The bytes as little-endian words; every runtime that we run on is little-endian. */
function words(bytes: Uint8Array): Uint32Array {
  const whole = bytes.length - (bytes.length % 4)
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, whole / 4)
  return new Uint32Array(bytes.slice(0, whole).buffer)
}
