// Whether an index that came from elsewhere can be walked: what a kernel follows without looking has to lead to what is
// there.

import { word } from '../base/words'
import { indexAt, linksMaxOf, linksOf, none } from './hnsw-index'
import { levelOf } from './hnsw-levels'

/** @returns 1 when every link leads to a vector that is linked on the same level */
export function isSound(head: usize): u32 {
  const index = indexAt(head)
  const linked = index.linked
  if (linked == 0) return 1
  if (linked != index.count || index.entry >= linked || levelOf(head, index.entry) != index.topLevel) return 0
  for (let id: u32 = 0; id < linked; id++) {
    const level = levelOf(head, id)
    if (level > index.topLevel) return 0
    for (let l: u32 = 0; l <= level; l++) if (!areSound(head, id, l)) return 0
  }
  return 1
}

function areSound(head: usize, id: u32, level: u32): bool {
  const index = indexAt(head)
  const links = linksOf(head, id, level)
  const linksMax = linksMaxOf(head, level)
  for (let i: u32 = 0; i < linksMax; i++) {
    const other = word(links, i)
    if (other == none) return true
    if (other >= index.linked || levelOf(head, other) < level) return false
  }
  return true
}
