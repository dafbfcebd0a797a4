// Random JSON text together with the tape that it must give, put down while the text is written: an oracle that shares
// nothing with the scanner, not even a parser.

import type { Token } from './scanned.ts'

type Random = () => number

export interface Sample {
  text: string
  tokens: Token[]
}

export function sampleEvent(random: Random, depthMax: number): Sample {
  const tokens: Token[] = []
  const text = writeObject(random, depthMax, undefined, tokens)
  return { text, tokens }
}

const keys = [
  'id',
  'time',
  'user',
  'a.b',
  '',
  'ключ',
  '鍵',
  '🔑',
  'a rather long key that needs more than one vector load to be compared',
  '\\u0061',
  'quo\\"ted',
]
const scalars: [Exclude<Token[1], 'string' | 'escaped' | 'json'>, string][] = [
  ['null', 'null'],
  ['true', 'true'],
  ['false', 'false'],
  ['integer', '0'],
  ['integer', '-0'],
  ['integer', '9007199254740993'],
  ['integer', '-123456789012345678901234567890'],
  ['number', '0.1'],
  ['number', '1e400'],
  ['number', '-1.5E-7'],
  ['number', '0e+0'],
]
const plain = ['', 'x', 'naïve', '日本語', '🙂', 'a, b: [c]', 'x'.repeat(15), 'y'.repeat(33)]
const escapes = [
  '\\n',
  '\\"',
  '\\\\',
  '\\/',
  '\\u00e9',
  '\\ud83d\\ude42',
  '\\ud800',
  '\\u0000',
  '\\b\\f\\r\\t',
]

function writeObject(random: Random, depthLeft: number, path: string | undefined, tokens: Token[]): string {
  const members = Array.from({ length: Math.floor(random() * 6) + (path === undefined ? 1 : 0) }, () => {
    const key = pick(random, keys)
    const name = JSON.parse(`"${key}"`) as string
    const value = writeValue(random, depthLeft - 1, path === undefined ? name : `${path}.${name}`, tokens)
    return `${space(random)}"${key}"${space(random)}:${space(random)}${value}${space(random)}`
  })
  if (members.length > 0) return `{${members.join(',')}}`
  const text = `{${space(random)}}`
  tokens.push([path!, 'json', text])
  return text
}

function writeValue(random: Random, depthLeft: number, path: string, tokens: Token[]): string {
  const choice = random()
  if (choice < 0.2 && depthLeft > 0) return writeObject(random, depthLeft, path, tokens)
  if (choice < 0.35 && depthLeft > 0) {
    const text = writeArray(random, depthLeft)
    tokens.push([path, 'json', text])
    return text
  }
  if (choice < 0.65) {
    const [kind, text] = pick(random, scalars)
    tokens.push([path, kind, text])
    return text
  }
  const isEscaped = choice > 0.85
  const text = pick(random, plain) + (isEscaped ? pick(random, escapes) + pick(random, plain) : '')
  tokens.push([path, isEscaped ? 'escaped' : 'string', text])
  return `"${text}"`
}

/** What lies in arrays leaves no tokens of its own. */
function writeArray(random: Random, depthLeft: number): string {
  const elements = Array.from(
    { length: Math.floor(random() * 4) },
    () => space(random) + writeValue(random, depthLeft - 1, 'unused', []) + space(random),
  )
  return `[${elements.join(',')}]`
}

function space(random: Random): string {
  return random() < 0.8 ? '' : pick(random, [' ', '\t', '  ', '\r', ' \t '])
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!
}
