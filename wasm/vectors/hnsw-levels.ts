// On which levels an id stands, and where its lists above level 0 are. Malkov and Yashunin draw a level for each vector, so
// that one in linksMax climbs from each level to the next. Here the draw is without putting back: in each group of 4,096
// ids a seeded shuffle gives every id a rank, and the first 4,096 / linksMax ranks stand on level 1, the first
// 4,096 / linksMax² on level 2 and so on. That is the same share with less chance in it, every group has as many lists as
// every other, and neither a level nor an address has to be kept: both follow from the id.

import { indexAt } from './hnsw-index'

const groupShift: u32 = 12
const groupIds: u32 = 1 << groupShift
/** Levels that a group's first rank can climb beyond those that every group has. */
const climbsMax: u32 = 3

/** Bytes that the lists of a group take. */
export function upperBytesPerGroup(linksMax: u32): u32 {
  let lists: u32 = climbsMax
  for (let share = groupIds / linksMax; share > 0; share /= linksMax) lists += share
  return lists * linksMax * 4
}

/** Fills in the tables that the rest of this file reads. */
export function startLevels(head: usize): void {
  const index = indexAt(head)
  let level: u32 = 1
  let lists: u32 = 0
  for (let share = groupIds / index.linksMax; share > 0; share /= index.linksMax) {
    setLevel(head, level++, share, lists)
    lists += share
  }
  index.climbFrom = level - 1
  for (let climb: u32 = 0; climb < climbsMax; climb++) {
    setLevel(head, level++, 1, lists)
    lists++
  }
  index.groupLists = lists
}

export function levelOf(head: usize, id: u32): u32 {
  const index = indexAt(head)
  const rank = rankOf(head, id)
  let level: u32 = 0
  while (level < index.climbFrom && rank < load<u32>(index.levelCounts + ((<usize>(level + 1)) << 2))) level++
  if (rank > 0) return level
  let chance = mix(index.seed + (id >> groupShift) * 0x9e3779b9)
  for (let climb: u32 = 0; climb < climbsMax && chance % index.linksMax == 0; climb++) {
    chance /= index.linksMax
    level++
  }
  return level
}

/** @param level  1 … the level of `id` */
export function upperLinksOf(head: usize, id: u32, level: u32): usize {
  const index = indexAt(head)
  const list = (id >> groupShift) * index.groupLists + load<u32>(index.levelStarts + ((<usize>level) << 2))
  return index.upper + ((<usize>(list + rankOf(head, id)) * index.linksMax) << 2)
}

/** A shuffle of a group's ids: each step can be undone, so no two ids share a rank. */
function rankOf(head: usize, id: u32): u32 {
  const index = indexAt(head)
  const mask = groupIds - 1
  const key = mix(index.seed ^ ((id >> groupShift) * 0x85ebca6b))
  let rank = id & mask
  rank = (rank * (key | 1) + (key >> 16)) & mask
  rank ^= rank >> 5
  rank = (rank * ((key >> 8) | 1)) & mask
  rank ^= rank >> 7
  rank = (rank * 0x9e5 + (key >> 4)) & mask
  return rank ^ (rank >> 6)
}

/** The end of MurmurHash3 (Appleby 2011). */
function mix(value: u32): u32 {
  let mixed = value
  mixed = (mixed ^ (mixed >> 16)) * 0x85ebca6b
  mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35
  return mixed ^ (mixed >> 16)
}

function setLevel(head: usize, level: u32, count: u32, start: u32): void {
  const index = indexAt(head)
  store<u32>(index.levelCounts + ((<usize>level) << 2), count)
  store<u32>(index.levelStarts + ((<usize>level) << 2), start)
}
