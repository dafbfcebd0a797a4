// Label propagation: each node takes the label that most of its neighbours have. Of several such labels it takes the least
// (Graphalytics' CDLP, after Raghavan, Albert, Kumara 2007), or keeps its own where that is one of them.

import { setWord, word } from '../base/words'

/**
 * The next labels of the nodes from `from` on, until about `edgesMax` edges and nodes are done.
 *
 * @param starts, targets          the neighbours that count
 * @param backStarts, backTargets  more neighbours, such as those of incoming edges; 0 for none
 * @param labels    u32[nodeCount], each below nodeCount
 * @param next      u32[nodeCount], written; the same as `labels` where a node is to see what those before it took
 * @param counts    u32[nodeCount], zeros before and after
 * @param keepsOwn  1: a node keeps its label where no other is more frequent
 * @param changes   u32[1], how many nodes took another label
 * @returns the first node that is not done
 */
export function propagate(
  starts: usize,
  targets: usize,
  backStarts: usize,
  backTargets: usize,
  labels: usize,
  next: usize,
  counts: usize,
  keepsOwn: u32,
  changes: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  let changed = word(changes, 0)
  let spent: u32 = 0
  let node = from
  for (; node < nodeCount && spent < edgesMax; node++) {
    const own = word(labels, node)
    let best = tally(starts, targets, labels, counts, node, 0)
    spent += 1 + word(starts, node + 1) - word(starts, node)
    if (backStarts != 0) {
      best = tally(backStarts, backTargets, labels, counts, node, best)
      spent += word(backStarts, node + 1) - word(backStarts, node)
    }
    const keeps = best == 0 || (keepsOwn == 1 && word(counts, own) == <u32>(best >> 32))
    const label = keeps ? own : ~(<u32>best)
    clear(starts, targets, labels, counts, node)
    if (backStarts != 0) clear(backStarts, backTargets, labels, counts, node)
    if (label != own) changed++
    setWord(next, node, label)
  }
  setWord(changes, 0, changed)
  return node
}

/**
 * Counts the labels of a node's neighbours.
 *
 * @param best  count and label of the most frequent so far, as one number that is greatest for the least of such labels
 */
function tally(starts: usize, targets: usize, labels: usize, counts: usize, node: u32, best: u64): u64 {
  let most = best
  const end = word(starts, node + 1)
  for (let edge = word(starts, node); edge < end; edge++) {
    const label = word(labels, word(targets, edge))
    const count = word(counts, label) + 1
    setWord(counts, label, count)
    most = max(most, ((<u64>count) << 32) | <u64>~label)
  }
  return most
}

function clear(starts: usize, targets: usize, labels: usize, counts: usize, node: u32): void {
  const end = word(starts, node + 1)
  for (let edge = word(starts, node); edge < end; edge++)
    setWord(counts, word(labels, word(targets, edge)), 0)
}
