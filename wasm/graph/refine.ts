// Leiden's refinement (Traag, Waltman, van Eck 2019): within each community, parts grow from single nodes. A node joins a
// part only along an edge, and only where node and part are both well connected to the rest of their community; hence a
// part is always connected. Which of the parts that gain is chosen at random, the better the likelier.

import { unit } from '../base/random'
import { real, setReal, setWord, word } from '../base/words'
import { gather, Level, link, partOf, partShift, setLink, setTotal, stateOf, total } from './level'

/** A choice that comes up less often than once in e^37 is lost in the rounding of 1: it is none. */
const EXPONENT_MIN: f64 = -37
/** The share of a part's strength that sums may be off. */
const ROUNDING: f64 = 1e-12

/**
 * Makes each node from `from` on a part of its own, and gathers the edges within communities into rows of their own.
 *
 * @returns the first node that is not done, after about `edgesMax` edges and nodes
 */
export function start(pointer: usize, from: u32, edgesMax: u32): u32 {
  const level = changetype<Level>(pointer)
  const communities = level.communities
  const targets = level.targets
  const weights = level.weights
  const innerTargets = level.innerTargets
  const innerWeights = level.innerWeights
  const first = word(level.starts, from)
  if (from == 0) setWord(level.innerStarts, 0, 0)
  let inner = word(level.innerStarts, from)
  let edge = first
  let node = from
  while (node < level.nodeCount && edge - first + (node - from) < edgesMax) {
    const end = word(level.starts, node + 1)
    const own = word(communities, node)
    const innerStart = inner
    let cut: f64 = 0
    for (; edge < end; edge++) {
      const target = word(targets, edge)
      // written in any case and kept only where it lies within, so that there is no branch to guess
      const isInner = (word(communities, target) == own ? 1 : 0) & (target != node ? 1 : 0)
      setWord(innerTargets, inner, target)
      if (weights != 0) {
        const weight = real(weights, edge)
        setReal(innerWeights, inner, weight)
        cut += weight * <f64>isInner
      }
      inner += isInner
    }
    if (weights == 0) cut = <f64>(inner - innerStart)
    setWord(level.innerStarts, node + 1, inner)
    const part = partOf(level, node)
    setTotal(part, real(level.strengths, node))
    setLink(part, 0)
    setCut(part, cut)
    setWord(level.parts, node, node)
    setWord(level.partSizes, node, 1)
    node++
  }
  return node
}

/**
 * Lets nodes of `order` join parts, from `from` on, until about `edgesMax` edges and nodes are done.
 *
 * @param pull   as for moving
 * @param theta  how much weight a choice may well gain less than the best
 * @returns the first place in the order that is not done
 */
export function refineNodes(pointer: usize, pull: f64, theta: f64, from: u32, edgesMax: u32): u32 {
  const level = changetype<Level>(pointer)
  const innerWeights = level.weights == 0 ? 0 : level.innerWeights
  const innerStarts = level.innerStarts
  const parts = level.parts
  let spent: u32 = 0
  let at = from
  for (; at < level.nodeCount && spent < edgesMax; at++) {
    const node = word(level.order, at)
    spent++
    const isAlone = word(parts, node) == node && word(level.partSizes, node) == 1
    const all = total(stateOf(level, word(level.communities, node)))
    if (!isAlone || !isWellConnected(partOf(level, node), all, pull)) continue
    spent += word(innerStarts, node + 1) - word(innerStarts, node)
    const states = level.partStates
    const touched = level.touched
    const count = gather(
      innerStarts,
      level.innerTargets,
      innerWeights,
      node,
      parts,
      states,
      partShift,
      touched,
      0,
    )
    const best = choose(level, node, count, all, pull, theta)
    if (best != node) join(level, node, best)
    for (let i: u32 = 0; i < count; i++) setLink(partOf(level, word(touched, i)), 0)
  }
  return at
}

/** @param all  the strength of the community. @returns the part to join, or the node's own */
function choose(level: Level, node: u32, count: u32, all: f64, pull: f64, theta: f64): u32 {
  const touched = level.touched
  const away = pull * real(level.strengths, node)
  let best = node
  let most: f64 = -1
  for (let i: u32 = 0; i < count; i++) {
    const name = word(touched, i)
    const part = partOf(level, name)
    const found = link(part) - away * total(part)
    const gain = isWellConnected(part, all, pull) ? found : -1
    setGain(part, gain)
    const isBetter = gain > most
    most = select(gain, most, isBetter)
    best = select(name, best, isBetter)
  }
  if (most < 0) return node
  const least = max(<f64>0, most + theta * EXPONENT_MIN)
  // one pass that keeps the newcomer by its share of all so far leaves each by its share of all
  let chances: f64 = 0
  for (let i: u32 = 0; i < count; i++) {
    const name = word(touched, i)
    const gain = gainOf(partOf(level, name))
    if (gain < least) continue
    const chance = gain == most ? 1 : Math.exp((gain - most) / theta)
    if (chances == 0 || unit(level.random) * (chances + chance) < chance) best = name
    chances += chance
  }
  return best
}

function join(level: Level, node: u32, best: u32): void {
  const part = partOf(level, best)
  setCut(part, cutOf(part) + cutOf(partOf(level, node)) - 2 * link(part))
  setTotal(part, total(part) + real(level.strengths, node))
  setWord(level.partSizes, best, word(level.partSizes, best) + 1)
  setWord(level.partSizes, node, 0)
  setWord(level.parts, node, best)
}

/** Whether a part has as much weight to the rest of its community as chance would give it. */
function isWellConnected(part: usize, all: f64, pull: f64): bool {
  const own = total(part)
  // a part that is its whole community has nothing to be connected to, whatever rounding leaves
  return cutOf(part) >= pull * own * (all - own) - own * ROUNDING
}

function cutOf(part: usize): f64 {
  return load<f64>(part, 16)
}

function setCut(part: usize, value: f64): void {
  store<f64>(part, value, 16)
}

function gainOf(part: usize): f64 {
  return load<f64>(part, 24)
}

function setGain(part: usize, value: f64): void {
  store<f64>(part, value, 24)
}
