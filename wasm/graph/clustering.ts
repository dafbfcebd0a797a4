// Local clustering coefficients as Graphalytics defines them: of all ordered pairs of a node's neighbours, the share that an
// edge joins. Neighbours are those of either direction, each once. Every triangle is found once, from its corner of least
// degree (Chiba and Nishizeki 1985; Latapy 2008), and tells each corner how many edges join the other two.
//
// Between the steps lies a graph without direction, repetitions and loops, in which an edge stands only in the row of its
// lesser end by (degree, number). A link is a neighbour's number << 1, plus 1 where edges run both ways.

import { addReal, real, setReal, setWord, word } from '../base/words'

/**
 * Counts the distinct neighbours of the nodes from `from` on.
 *
 * @param backStarts, backTargets  the reverse; the same as `starts` and `targets` for a graph without direction
 * @param degrees  u32[nodeCount], written
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function countNeighbours(
  starts: usize,
  targets: usize,
  backStarts: usize,
  backTargets: usize,
  degrees: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  let spent: u32 = 0
  let node = from
  for (; node < nodeCount && spent < edgesMax; node++) {
    let left = word(starts, node)
    let right = word(backStarts, node)
    const leftEnd = word(starts, node + 1)
    const rightEnd = word(backStarts, node + 1)
    spent += 1 + leftEnd - left + rightEnd - right
    let degree: u32 = 0
    while (left < leftEnd || right < rightEnd) {
      const neighbour = lesser(targets, left, leftEnd, backTargets, right, rightEnd)
      left = after(targets, left, leftEnd, neighbour)
      right = after(backTargets, right, rightEnd, neighbour)
      if (neighbour != node) degree++
    }
    setWord(degrees, node, degree)
  }
  return node
}

/**
 * Writes the links of the nodes from `from` on.
 *
 * @param linkStarts  u32[nodeCount + 1], the row of `from` being known and those after it written
 * @param links       u32[…], room for half of the degrees' sum
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function link(
  starts: usize,
  targets: usize,
  backStarts: usize,
  backTargets: usize,
  degrees: usize,
  linkStarts: usize,
  links: usize,
  nodeCount: u32,
  from: u32,
  edgesMax: u32,
): u32 {
  let spent: u32 = 0
  let node = from
  let end = word(linkStarts, from)
  for (; node < nodeCount && spent < edgesMax; node++) {
    let left = word(starts, node)
    let right = word(backStarts, node)
    const leftEnd = word(starts, node + 1)
    const rightEnd = word(backStarts, node + 1)
    spent += 1 + leftEnd - left + rightEnd - right
    const degree = word(degrees, node)
    while (left < leftEnd || right < rightEnd) {
      const neighbour = lesser(targets, left, leftEnd, backTargets, right, rightEnd)
      const leftAfter = after(targets, left, leftEnd, neighbour)
      const rightAfter = after(backTargets, right, rightEnd, neighbour)
      const isBoth = leftAfter > left && rightAfter > right
      left = leftAfter
      right = rightAfter
      const other = word(degrees, neighbour)
      if (degree > other || (degree == other && node >= neighbour)) continue
      setWord(links, end++, (neighbour << 1) | (isBoth ? 1 : 0))
    }
    setWord(linkStarts, node + 1, end)
  }
  return node
}

/**
 * Finds the triangles whose least corner is a node from `from` on.
 *
 * @param marks  u32[nodeCount], zeros before and after
 * @param pairs  f64[nodeCount]: how many ordered pairs of its neighbours are joined; added to
 * @returns the first node that is not done, after about `linksMax` links
 */
export function findTriangles(
  linkStarts: usize,
  links: usize,
  marks: usize,
  pairs: usize,
  nodeCount: u32,
  from: u32,
  linksMax: u32,
): u32 {
  let spent: u32 = 0
  let node = from
  for (; node < nodeCount && spent < linksMax; node++) {
    const first = word(linkStarts, node)
    const end = word(linkStarts, node + 1)
    spent += 1 + end - first
    if (end - first < 2) continue
    for (let i = first; i < end; i++) setWord(marks, word(links, i) >> 1, 1 + (word(links, i) & 1))
    for (let i = first; i < end; i++) {
      const middle = word(links, i) >> 1
      spent += word(linkStarts, middle + 1) - word(linkStarts, middle)
      close(linkStarts, links, marks, pairs, node, middle, 1 + (word(links, i) & 1))
    }
    for (let i = first; i < end; i++) setWord(marks, word(links, i) >> 1, 0)
  }
  return node
}

/** The triangles over one edge. @param edges how many edges join `node` and `middle`: 1 or 2 */
function close(
  linkStarts: usize,
  links: usize,
  marks: usize,
  pairs: usize,
  node: u32,
  middle: u32,
  edges: u32,
): void {
  const end = word(linkStarts, middle + 1)
  let atNode: u32 = 0
  let atMiddle: u32 = 0
  for (let i = word(linkStarts, middle); i < end; i++) {
    const far = word(links, i) >> 1
    const mark = word(marks, far)
    if (mark == 0) continue
    atNode += 1 + (word(links, i) & 1)
    atMiddle += mark
    addReal(pairs, far, edges)
  }
  addReal(pairs, node, atNode)
  addReal(pairs, middle, atMiddle)
}

/** Divides by the number of pairs there could be; 0 with fewer than two neighbours. */
export function share(pairs: usize, degrees: usize, from: u32, until: u32): void {
  for (let node = from; node < until; node++) {
    const degree = <f64>word(degrees, node)
    if (degree > 1) setReal(pairs, node, real(pairs, node) / (degree * (degree - 1)))
  }
}

/** The lesser of two rows' next nodes, one of which may be at its end. */
function lesser(lefts: usize, left: u32, leftEnd: u32, rights: usize, right: u32, rightEnd: u32): u32 {
  if (left == leftEnd) return word(rights, right)
  if (right == rightEnd) return word(lefts, left)
  return min(word(lefts, left), word(rights, right))
}

/** Where a rising row goes on after `node`. */
function after(row: usize, from: u32, end: u32, node: u32): u32 {
  let at = from
  while (at < end && word(row, at) == node) at++
  return at
}
