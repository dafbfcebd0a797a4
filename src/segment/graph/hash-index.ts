// Finding nodes of a `graph` part by name: the hash leads to a few entries of the index, their nodes' names decide.

import type { TextColumn } from '../../base/text-column.ts'
import { textCountOf } from '../../base/text-column.ts'
import type { GraphFile } from './graph-file.ts'
import { fenceEntries, hashWords } from './layout.ts'
import { compareNames, type NameHash, nameAt } from './name.ts'
import { namesOf } from './sealed-names.ts'

export class HashIndex {
  readonly #file: GraphFile
  readonly #hash: NameHash
  /** Of every 16th entry the first word: 4 bytes for 16 nodes, kept for as long as the file is open. */
  #fences: Promise<Uint32Array> | undefined

  constructor(file: GraphFile, hash: NameHash) {
    this.#file = file
    this.#hash = hash
  }

  /** @returns i32[names]: the node of each name, -1 where there is none. @throws CorruptPart */
  async find(names: TextColumn): Promise<Int32Array> {
    const nameCount = textCountOf(names)
    const hashes = new Uint32Array(2 * nameCount)
    for (let i = 0; i < nameCount; i++) this.#hash(nameAt(names, i), hashes, 2 * i)
    const candidates = await this.#candidates(hashes)
    const theirs = await namesOf(this.#file, candidates.node)
    const found = new Int32Array(nameCount).fill(-1)
    for (let i = 0; i < candidates.node.length; i++) {
      const asked = candidates.asked[i]!
      if (compareNames(nameAt(names, asked), nameAt(theirs, i)) === 0) found[asked] = candidates.node[i]!
    }
    return found
  }

  /** Nodes whose names have the hash of one asked for. */
  async #candidates(hashes: Uint32Array): Promise<{ asked: number[]; node: number[] }> {
    const fences = await this.#readFences()
    const from: number[] = []
    const until: number[] = []
    const entryCount = this.#file.nodeCount
    for (let at = 0; at < hashes.length; at += 2) {
      const { first, end } = stretchOf(fences, hashes[at]!)
      from.push(first * fenceEntries * hashWords)
      until.push(Math.min(end * fenceEntries, entryCount) * hashWords)
    }
    const entries = await this.#file.pages.nodeHashes.stretches({ from, until })
    const asked: number[] = []
    const node: number[] = []
    let start = 0
    for (let i = 0; i < from.length; i++) {
      const end = start + until[i]! - from[i]!
      let at = lowerEntry(entries, start, end, hashes, 2 * i)
      for (
        ;
        at < end && entries[at] === hashes[2 * i] && entries[at + 1] === hashes[2 * i + 1];
        at += hashWords
      ) {
        asked.push(i)
        node.push(entries[at + 2]!)
      }
      start = end
    }
    return { asked, node }
  }

  #readFences(): Promise<Uint32Array> {
    if (this.#fences) return this.#fences
    const until = Math.ceil(this.#file.nodeCount / fenceEntries)
    const read = this.#file.pages.hashFences.stretches({ from: [0], until: [until] })
    this.#fences = read
    read.catch(() => (this.#fences = undefined)) // whoever asked hears of it; the next one reads again
    return read
  }
}

/** Stretches [first, end) of entries that may hold the word: from the one before the first fence that is not below it. */
function stretchOf(fences: Uint32Array, word: number): { first: number; end: number } {
  let low = 0
  let high = fences.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (fences[middle]! < word) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < fences.length && fences[end] === word) end++
  return { first: Math.max(0, low - 1), end }
}

/** @returns where in entries[start, end) the first is that does not lie below the hash */
function lowerEntry(
  entries: Uint32Array,
  start: number,
  end: number,
  hashes: Uint32Array,
  hash: number,
): number {
  let low = 0
  let high = (end - start) / hashWords
  while (low < high) {
    const middle = (low + high) >> 1
    const at = start + middle * hashWords
    const isBelow =
      entries[at]! < hashes[hash]! || (entries[at] === hashes[hash] && entries[at + 1]! < hashes[hash + 1]!)
    if (isBelow) low = middle + 1
    else high = middle
  }
  return start + low * hashWords
}
