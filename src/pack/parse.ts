// A pack as somebody wrote it, in YAML or JSON, read and checked. What is wrong with it comes back as a list that points
// at the lines.

import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from '../base/nearest.ts'
import { knownKeysAt, type Pack, packBytesMax, packSchema, reservedSections } from '../contract/pack.ts'
import { type Misfit, meaningFaults } from './meaning.ts'

/** Where a pack is wrong, and what was expected there. Lines and columns count from 1. */
export interface PackFault {
  line: number
  column: number
  /** `entities.member.key` */
  path: string
  message: string
}

type Path = Misfit['path']

const faultsMax = 50

export function parsePack(source: string): { pack: Pack } | { faults: PackFault[] } {
  if (source.length > packBytesMax)
    return { faults: [{ ...start, message: `a pack has at most ${packBytesMax} bytes` }] }
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines })
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  if (document.errors.length > 0) {
    return {
      faults: document.errors
        .slice(0, faultsMax)
        .map(({ pos, message }) => ({ ...placeAt(pos[0]), path: '', message: firstLine(message) })),
    }
  }
  const root = document.contents
  if (!isMap(root))
    return { faults: [{ ...start, message: 'expected a pack: keys with values, such as `pack: shop`' }] }
  const pointAt = ({ path, isKey, message }: Misfit): PackFault => ({
    ...placeAt(nodeAt(root, path, isKey).range?.[0] ?? 0),
    path: pathText(path),
    message,
  })
  try {
    const read = readPack(document.toJS({ maxAliasCount: aliasesMax }) as Record<string, unknown>)
    if ('pack' in read) return read
    const faults = read.misfits.slice(0, faultsMax).map(pointAt)
    return { faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return { faults: [{ ...start, message: `aliases: ${error.message}` }] }
  }
}

/** Copies that aliases may make; with more of them a small file becomes a large pack. */
const aliasesMax = 100
const start = { line: 1, column: 1, path: '' }

function readPack(document: Record<string, unknown>): { pack: Pack } | { misfits: Misfit[] } {
  const reserved = Object.keys(document).filter(key => reservedSections.includes(key))
  const misfits: Misfit[] = reserved.map(key => ({
    path: [key],
    isKey: true,
    message: 'not yet understood; it is kept free for a later version. Leave it out for now',
  }))
  const understood = Object.fromEntries(Object.entries(document).filter(([key]) => !reserved.includes(key)))
  const checked = packSchema.safeParse(understood)
  if (!checked.success)
    return { misfits: [...misfits, ...checked.error.issues.flatMap(issue => misfitsOf(issue, []))] }
  misfits.push(...meaningFaults(checked.data))
  return misfits.length > 0 ? { misfits } : { pack: checked.data }
}

function misfitsOf(issue: z.core.$ZodIssue, above: Path): Misfit[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({ path: [...path, key], isKey: true, message: unknownKey(key, path) }))
  if (issue.code === 'invalid_key')
    return [
      {
        path,
        isKey: true,
        message: `the name ${JSON.stringify(issue.path.at(-1))}: ${issue.issues[0]?.message}`,
      },
    ]
  if (issue.code === 'invalid_union') {
    const meant = meantOf(issue.errors)
    if (meant) return meant.flatMap(inner => misfitsOf(inner, path))
  }
  return [{ path, message: messageOf(issue) }]
}

/** Of several shapes the one that fits but for something within it; undefined when that could be said of two. */
function meantOf(shapes: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const near = shapes.filter(issues => issues.every(isWithin)).sort((a, b) => a.length - b.length)
  return near[0]?.length === near[1]?.length ? undefined : near[0]
}

function isWithin(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || (issue.code !== 'invalid_type' && issue.code !== 'invalid_union')
}

function unknownKey(key: string, path: Path): string {
  const known = knownKeysAt(path) ?? []
  const meant = nearest(key, known)
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`
  return `${JSON.stringify(key)} is not known here; ${hint}`
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.message.endsWith('received undefined')) return 'is missing'
  return issue.message.replace(/^Invalid input: /, '')
}

/** The value at a path, or its key; what holds it, where it isn't there. */
function nodeAt(root: Node, path: Path, isKey = false): Node {
  let node: Node = root
  for (const [i, step] of path.entries()) {
    if (isMap(node)) {
      const pair = pairIn(node.items as Pair[], String(step))
      if (!pair) return node
      const wantsKey = (isKey && i === path.length - 1) || !isNode(pair.value)
      if (wantsKey) return pair.key as Node
      node = pair.value as Node
    } else {
      const item = isSeq(node) ? node.items[Number(step)] : undefined
      if (!isNode(item)) return node
      node = item
    }
  }
  return node
}

function pairIn(pairs: readonly Pair[], name: string): Pair | undefined {
  return pairs.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
}

function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  )
}

/** The parser's messages go on with an excerpt and the position, which the fault says already. */
function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
}
