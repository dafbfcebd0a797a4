// The pack as a file to edit: the document, and beside each rule why it is there. Whoever takes it over gives it a name of
// their own, since `auto` goes on changing.

import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { Explanation } from './explain.ts'

const lineCharsMax = 110

/** @returns YAML that `parsePack` reads as `explanation.pack` */
export function exportYaml(explanation: Explanation): string {
  const { pack, events } = explanation
  const document = new Document(pack)
  document.commentBefore = wrapped(
    `Made from ${events} events. Edit it, call it something else than ${pack.pack}, and install it: \`auto\` itself goes on changing.`,
  )
  const whyEntity = new Map(explanation.entities.map(({ name, why }) => [name, why]))
  const entities = document.get('entities')
  if (entities instanceof YAMLMap)
    for (const { key } of pairsOf(entities)) comment(key, whyEntity.get(String(key.value)))
  const edges = document.get('edges')
  if (edges instanceof YAMLSeq)
    edges.items.forEach((item, i) => {
      comment(item as Node, explanation.edges[i]?.why)
    })
  const whyField = new Map(explanation.fields.map(({ field, why }) => [field, why]))
  const text = document.get('text')
  if (text instanceof YAMLSeq)
    for (const item of text.items) if (item instanceof Scalar) comment(item, whyField.get(String(item.value)))
  return document.toString({ lineWidth: 0 }) + leftOut(explanation)
}

function pairsOf(map: YAMLMap): { key: Scalar }[] {
  return map.items.filter((item): item is Pair<Scalar> => item instanceof Pair && item.key instanceof Scalar)
}

function comment(node: Node, why: string | undefined): void {
  if (why !== undefined) node.commentBefore = wrapped(why)
}

/** Fields that the pack doesn't read, so that whoever edits it knows what else there is. */
function leftOut({ pack, fields }: Explanation): string {
  const read = JSON.stringify(pack)
  const rest = fields.filter(({ field }) => !read.includes(JSON.stringify(field)))
  if (rest.length === 0) return ''
  const lines = rest.map(({ field, role }) => `#   ${oneLine(field)}: ${role}\n`)
  return `\n# Fields that are not used, and what they seem to be:\n${lines.join('')}`
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a field's name may have any, and a comment must stay one line
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

/** Lines of a comment, each with a blank before it. */
function wrapped(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && line.length + word.length >= lineCharsMax) {
      lines.push(line)
      line = ''
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}
