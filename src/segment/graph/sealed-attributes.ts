// What a `graph` part says of nodes: the newest setting of each attribute.

import type { GraphFile } from './graph-file.ts'
import { GrowingF64, GrowingU32 } from './growing.ts'
import { nameAt, nameColumn } from './name.ts'
import type { FoundAttributes } from './run.ts'
import { boundsOf, offsetsOf } from './sealed-bounds.ts'

/** @param nodes  i32[]: -1 has none. Settings of docs at or above docUntil are left out. @throws CorruptPart */
export async function attributesOf(
  { pages, head }: GraphFile,
  nodes: Int32Array,
  docUntil: number,
): Promise<FoundAttributes> {
  const asked: number[] = []
  for (let i = 0; i < nodes.length; i++) if (nodes[i]! >= 0) asked.push(i)
  const bounds = await boundsOf(
    pages.attributeAt,
    asked.map(i => nodes[i]!),
  )
  const settings = new GrowingU32()
  for (let i = 0; i < asked.length; i++)
    for (let at = bounds.from[i]!; at < bounds.until[i]!; at++) settings.push(at)
  const valueBounds = await boundsOf(pages.attributeValueAt, settings.view())
  const [name, timeMs, doc, data] = await Promise.all([
    pages.attributeName.at(settings.view()),
    pages.attributeMs.at(settings.view()),
    pages.attributeDoc.at(settings.view()),
    pages.attributeValues.stretches(valueBounds),
  ])
  const all = { data, offsets: offsetsOf(valueBounds) }
  const found = {
    node: new GrowingU32(),
    name: new GrowingU32(),
    timeMs: new GrowingF64(),
    doc: new GrowingU32(),
  }
  const values: Uint8Array[] = []
  for (let i = 0, setting = 0; i < asked.length; i++) {
    for (let at = bounds.from[i]!; at < bounds.until[i]!; at++, setting++) {
      if (doc[setting]! >= docUntil) continue
      found.node.push(asked[i]!)
      found.name.push(name[setting]!)
      found.timeMs.push(timeMs[setting]!)
      found.doc.push(doc[setting]!)
      values.push(nameAt(all, setting))
    }
  }
  return {
    node: found.node.take(),
    name: found.name.take(),
    names: head.attributes,
    timeMs: found.timeMs.take(),
    doc: found.doc.take(),
    values: nameColumn(values),
  }
}
