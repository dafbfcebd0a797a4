// A Parquet schema as the tree that rows are written by. Lists and maps are stored as two or three levels of groups,
// and older writers left levels out; the rules for reading both are in parquet-format's LogicalTypes.md, "Lists",
// "Maps" and "Backward-compatibility rules".

import { Malformed } from './malformed.ts'
import { objectKeys } from './object-keys.ts'
import type { SchemaElement } from './parquet-footer.ts'
import { isText } from './parquet-format.ts'

interface NodeBase {
  name: string
  /** Where a value's definition level is below this, an ancestor is null and there is nothing here to write. */
  floorLevel: number
  /** Definition level from which this value is not null; the same as `floorLevel` when it is required. */
  presentLevel: number
  /** indexes of the leaf columns under this node, in the order of the file */
  leaves: number[]
}

export interface LeafNode extends NodeBase {
  kind: 'leaf'
  path: string
  element: SchemaElement
  repetitionLevelMax: number
}

export interface StructNode extends NodeBase {
  kind: 'struct'
  fields: Node[]
  keys: Uint8Array[]
}

interface RepeatedBase extends NodeBase {
  /** Definition level from which there is at least one item. */
  itemLevel: number
  /** Repetition level that continues this list. */
  repeatLevel: number
}

export interface ListNode extends RepeatedBase {
  kind: 'list'
  item: Node
}

export interface MapNode extends RepeatedBase {
  kind: 'map'
  key: Node
  /** absent where a writer used a map for a set */
  value: Node | undefined
  /** keys are text: an object; otherwise a list of `{"key":…,"value":…}` */
  asObject: boolean
}

export type Node = LeafNode | StructNode | ListNode | MapNode

export interface Schema {
  root: StructNode
  leaves: LeafNode[]
}

const GROUP_KINDS = { map: 2, list: 3, variant: 16 }
const CONVERTED = { map: 1, mapKeyValue: 2, list: 3 }
/** Levels are kept in bytes. */
const levelMax = 255

interface Element extends SchemaElement {
  children: Element[]
}

interface Level {
  definition: number
  repetition: number
  /** of JSON objects and lists around this one */
  depth: number
  path: readonly string[]
}

/** @param depthMax  of nested objects and lists in one event, the event itself being 1 */
export function readSchema(elements: readonly SchemaElement[], depthMax: number): Schema {
  const leaves: LeafNode[] = []
  const { build } = nodeBuilder(leaves, depthMax)
  const tree = elementTree(elements, depthMax)
  if (tree.children.length === 0) throw new Malformed('the schema has no columns')
  const root = build(
    { ...tree, repetition: 'required' },
    { definition: 0, repetition: 0, depth: 0, path: [] },
  )
  if (root.kind !== 'struct') throw new Malformed('the schema is not a group of columns')
  return { root, leaves }
}

/** The flat list is in depth-first order, each group saying how many children follow it. */
function elementTree(elements: readonly SchemaElement[], depthMax: number): Element {
  let next = 0
  const take = (depth: number): Element => {
    const element = elements[next++]
    if (!element) throw new Malformed('the schema announces more columns than it names')
    // A level of JSON takes at most three levels of groups.
    if (depth > depthMax * 3) throw tooDeep(element.name, depthMax)
    const isGroup = element.type === undefined
    if (isGroup && !(element.childCount > 0))
      throw new Malformed(`the group ${JSON.stringify(element.name)} has no columns`)
    const children: Element[] = []
    if (isGroup) while (children.length < element.childCount) children.push(take(depth + 1))
    return { ...element, children }
  }
  const root = take(0)
  if (next !== elements.length) throw new Malformed('the schema names more columns than it announces')
  return root
}

function nodeBuilder(leaves: LeafNode[], depthMax: number) {
  /** The node of an element as its own repetition says. */
  function build(element: Element, around: Level): Node {
    if (element.repetition !== 'repeated') return single(element, around, element.repetition === 'optional')
    // Repeated without being in a list: a list of required items (rule of the one-level list).
    return list(element, element, around, false)
  }

  /** An element that stands for one value, its repetition being spent. */
  function single(element: Element, around: Level, optional: boolean): Node {
    const level = {
      ...around,
      definition: around.definition + (optional ? 1 : 0),
      path: [...around.path, element.name],
    }
    if (level.definition > levelMax) throw tooDeep(element.name, depthMax)
    if (element.children.length === 0) return leaf(element, around, level)
    const child = element.children[0]!
    const oneRepeated = element.children.length === 1 && child.repetition === 'repeated'
    if (kindOf(element) === 'list' && oneRepeated) return list(element, child, around, optional)
    if (kindOf(element) === 'map' && oneRepeated && isKeyValue(child))
      return map(element, child, around, optional)
    if (kindOf(element) === 'variant') {
      throw new Malformed(
        `column "${level.path.slice(1).join('.')}" is a VARIANT`,
        'Write it as JSON text or as typed columns.',
      )
    }
    return struct(element, around, level)
  }

  function leaf(element: Element, around: Level, level: Level): LeafNode {
    const node: LeafNode = {
      kind: 'leaf',
      name: element.name,
      path: level.path.slice(1).join('.'),
      element,
      floorLevel: around.definition,
      presentLevel: level.definition,
      repetitionLevelMax: level.repetition,
      leaves: [leaves.length],
    }
    leaves.push(node)
    return node
  }

  function struct(element: Element, around: Level, level: Level): StructNode {
    const inside = deeper(level, element.name)
    const keys = objectKeys(element.children.map(child => child.name))
    const fields = element.children.map(child => build(child, inside))
    return { kind: 'struct', ...base(element, around, level.definition, fields), fields, keys }
  }

  function list(element: Element, repeated: Element, around: Level, optional: boolean): ListNode {
    const presentLevel = around.definition + (optional ? 1 : 0)
    const own = element === repeated ? around.path : [...around.path, element.name]
    const inside = deeper(
      { definition: presentLevel + 1, repetition: around.repetition + 1, depth: around.depth, path: own },
      element.name,
    )
    const item =
      element === repeated || isItem(element, repeated)
        ? single(repeated, inside, false)
        : build(repeated.children[0]!, { ...inside, path: [...own, repeated.name] })
    return { kind: 'list', ...base(element, around, presentLevel, [item]), ...repeats(inside), item }
  }

  function map(element: Element, repeated: Element, around: Level, optional: boolean): MapNode {
    const presentLevel = around.definition + (optional ? 1 : 0)
    const asObject = isText(repeated.children[0]!)
    const entry = deeper(
      {
        definition: presentLevel + 1,
        repetition: around.repetition + 1,
        depth: around.depth,
        path: [...around.path, element.name, repeated.name],
      },
      element.name,
    )
    const inside = asObject ? entry : deeper(entry, element.name)
    const key = build(repeated.children[0]!, inside)
    const value = repeated.children[1] && build(repeated.children[1], inside)
    const parts = value ? [key, value] : [key]
    return {
      kind: 'map',
      ...base(element, around, presentLevel, parts),
      ...repeats(inside),
      key,
      value,
      asObject,
    }
  }

  function base(element: Element, around: Level, presentLevel: number, children: readonly Node[]): NodeBase {
    return {
      name: element.name,
      floorLevel: around.definition,
      presentLevel,
      leaves: children.flatMap(child => child.leaves),
    }
  }

  function deeper(level: Level, name: string): Level {
    if (level.depth + 1 > depthMax) throw tooDeep(name, depthMax)
    return { ...level, depth: level.depth + 1 }
  }

  return { build }
}

function repeats(inside: Level): { itemLevel: number; repeatLevel: number } {
  return { itemLevel: inside.definition, repeatLevel: inside.repetition }
}

function kindOf({ logical, convertedType }: SchemaElement): 'map' | 'list' | 'variant' | 'struct' {
  if (logical?.kind === GROUP_KINDS.variant) return 'variant'
  if (logical?.kind === GROUP_KINDS.list || convertedType === CONVERTED.list) return 'list'
  if (logical?.kind === GROUP_KINDS.map) return 'map'
  return convertedType === CONVERTED.map || convertedType === CONVERTED.mapKeyValue ? 'map' : 'struct'
}

function isKeyValue({ children }: Element): boolean {
  return (
    (children.length === 1 || children.length === 2) &&
    children.every(child => child.repetition !== 'repeated')
  )
}

/** Whether the repeated element of a list is the item itself, as in two-level lists, rather than a wrapper of it. */
function isItem(list: Element, repeated: Element): boolean {
  if (repeated.children.length !== 1) return true
  if (kindOf(repeated) !== 'struct' || repeated.children[0]!.repetition === 'repeated') return true
  return repeated.name === 'array' || repeated.name === `${list.name}_tuple`
}

function tooDeep(name: string, depthMax: number): Malformed {
  return new Malformed(
    `column ${JSON.stringify(name)} nests deeper than ${depthMax} levels`,
    'Flatten it and send the file again.',
  )
}
