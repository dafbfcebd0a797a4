// What the events of a growing graph say of one of its nodes or edges.

import type { GraphBuilder } from './builder.ts'
import { chainEnd } from './chains.ts'
import { GrowingF64, GrowingU32 } from './growing.ts'
import { nameColumn } from './name.ts'
import type { FoundAttributes, GraphScope } from './run.ts'
import type { Tally } from './tally.ts'

/** Adds the events that mention a node, newest first. */
export function tallyMentions(builder: GraphBuilder, node: number, tally: Tally): void {
  const { mentions, mentionRow, rowDoc, rowMs } = builder
  for (let link = mentions.newest(node); link !== chainEnd; link = mentions.before(link)) {
    const row = mentionRow.at(link)
    tally.add(rowDoc.at(row), rowMs.at(row), 1)
  }
}

/** Adds the events that an edge occurs in, newest first. */
export function tallyLinks(builder: GraphBuilder, edge: number, tally: Tally): void {
  const { links, linkRow, linkWeight, rowDoc, rowMs } = builder
  for (let link = links.newest(edge); link !== chainEnd; link = links.before(link)) {
    const row = linkRow.at(link)
    tally.add(rowDoc.at(row), rowMs.at(row), linkWeight.at(link))
  }
}

/** How many events of the scope an edge occurs in. */
export function countLinks(builder: GraphBuilder, edge: number, scope: GraphScope): number {
  const { fromMs, untilMs, docUntil } = scope
  const { links, linkRow, rowDoc, rowMs } = builder
  let count = 0
  for (let link = links.newest(edge); link !== chainEnd; link = links.before(link)) {
    const row = linkRow.at(link)
    const timeMs = rowMs.at(row)
    if (timeMs >= fromMs && timeMs < untilMs && rowDoc.at(row) < docUntil) count++
  }
  return count
}

/**
 * The newest value of each attribute of each node: by event time, then by doc, then by place in the event. Attributes of a
 * node rise by name.
 *
 * @param nodes  numbers of the builder, -1 for one that has none
 */
export function newestSettings(
  builder: GraphBuilder,
  nodes: ArrayLike<number>,
  docUntil = Number.POSITIVE_INFINITY,
): FoundAttributes {
  const { list } = builder.attributeNames
  const found = {
    node: new GrowingU32(),
    name: new GrowingU32(),
    timeMs: new GrowingF64(),
    doc: new GrowingU32(),
  }
  const values: Uint8Array[] = []
  for (let asked = 0; asked < nodes.length; asked++) {
    if (nodes[asked]! < 0) continue
    const newest = newestOf(builder, nodes[asked]!, docUntil)
    const names = [...newest.keys()].sort((left, right) => (list[left]! < list[right]! ? -1 : 1))
    for (const name of names) {
      const setting = newest.get(name)!
      const row = builder.settingRow.at(setting)
      found.node.push(asked)
      found.name.push(name)
      found.timeMs.push(builder.rowMs.at(row))
      found.doc.push(builder.rowDoc.at(row))
      values.push(builder.values.at(builder.settingValue.at(setting)))
    }
  }
  return {
    node: found.node.take(),
    name: found.name.take(),
    names: list,
    timeMs: found.timeMs.take(),
    doc: found.doc.take(),
    values: nameColumn(values),
  }
}

/** @returns settings of a node by the number of the attribute */
function newestOf(builder: GraphBuilder, node: number, docUntil: number): Map<number, number> {
  const { settings, settingRow, settingName, rowDoc, rowMs } = builder
  const newest = new Map<number, number>()
  for (let link = settings.newest(node); link !== chainEnd; link = settings.before(link)) {
    const row = settingRow.at(link)
    if (rowDoc.at(row) >= docUntil) continue
    const known = newest.get(settingName.at(link))
    // docs fall along the chain, so that of one time the first holds
    if (known === undefined || rowMs.at(row) > rowMs.at(settingRow.at(known)))
      newest.set(settingName.at(link), link)
  }
  return newest
}
