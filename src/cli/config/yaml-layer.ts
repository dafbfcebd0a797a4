// The configuration file. Every value keeps its line, so that a fault can be pointed at.

import { isMap, isNode, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { Assignment } from './assignment.ts'
import { ConfigError } from './fault.ts'
import { settingAt } from './settings.ts'

/** @throws ConfigError when the text is not YAML, or not a map of keys */
export function yamlLayer(text: string, file: string): Assignment[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const originAt = (offset: number | undefined) =>
    offset === undefined ? file : `${file}:${lines.linePos(offset).line}`

  const [error] = document.errors
  if (error) throw new ConfigError([{ origin: originAt(error.pos[0]), text: firstLine(error.message) }])
  if (document.contents === null || isEmpty(document.contents)) return []
  if (!isMap(document.contents)) {
    throw new ConfigError([{ origin: file, text: 'expected keys with values, such as `port: 8420`' }])
  }

  function assignments(pairs: Pair[], path: string[]): Assignment[] {
    return pairs.flatMap(pair => {
      const key = pair.key as Node
      const at = [...path, String(isScalar(key) ? key.value : key)]
      const value = pair.value as Node | null
      // A key with nothing behind it (all its lines commented out, say) is not set.
      if (value === null || isEmpty(value)) return []
      if (isMap(value) && settingAt(at)?.type === 'object') return assignments(value.items as Pair[], at)
      return [
        { path: at, value: isNode(value) ? value.toJS(document) : value, origin: originAt(key.range?.[0]) },
      ]
    })
  }
  return assignments(document.contents.items as Pair[], [])
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null
}

/** The parser's messages go on with an excerpt and the position, which the origin says already. */
function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/ at line \d+, column \d+:$/, '')
}
