// Pages as tests read them: the blocks that are run, and what they are said to answer.
//
//   ```bash run            is run; every call in it must succeed
//   ```bash run refused    is run; its call must be refused
//   ```json answer         what the block before it answered: all that is written must be there, and "…" is anything

import { readdirSync, readFileSync } from 'node:fs'

export interface Example {
  /** 1 is the first line of the page */
  line: number
  script: string
  isRefused: boolean
  answer: unknown
}

export interface Page {
  path: string
  examples: Example[]
  /** flags of the service that the page talks to, told in `<!-- served with: … -->` */
  flags: string[]
}

export function readPages(): Page[] {
  const paths = ['README.md', ...readdirSync('docs').map(name => `docs/${name}`)].filter(path =>
    path.endsWith('.md'),
  )
  return paths.map(path => parsePage(path, readFileSync(path, 'utf8')))
}

export function parsePage(path: string, text: string): Page {
  const examples: Example[] = []
  const flags = /<!-- served with: (.*?) -->/.exec(text)?.[1]?.split(' ') ?? []
  for (const { info, line, body } of blocksOf(text)) {
    if (info === 'bash run' || info === 'bash run refused')
      examples.push({ line, script: body, isRefused: info.endsWith('refused'), answer: undefined })
    else if (info === 'json answer') {
      const before = examples.at(-1)
      if (!before || before.answer !== undefined) throw new Error(`${path}:${line}: an answer to nothing`)
      before.answer = JSON.parse(body)
    } else if (info.includes(' ')) throw new Error(`${path}:${line}: no such tag: ${info}`)
  }
  return { path, examples, flags }
}

function* blocksOf(text: string): Generator<{ info: string; line: number; body: string }> {
  let open: { info: string; line: number; lines: string[] } | undefined
  for (const [i, line] of text.split('\n').entries()) {
    if (!line.startsWith('```')) open?.lines.push(line)
    else if (open) {
      yield { info: open.info, line: open.line, body: open.lines.join('\n') }
      open = undefined
    } else open = { info: line.slice(3).trim(), line: i + 1, lines: [] }
  }
  if (open) throw new Error(`the block that begins at line ${open.line} does not end`)
}

/** @returns where an answer is not what was promised; undefined when it is */
export function difference(promised: unknown, found: unknown, path = 'answer'): string | undefined {
  if (promised === '…') return undefined
  if (Array.isArray(promised)) {
    const isOpen = promised.at(-1) === '…'
    const listed = isOpen ? promised.slice(0, -1) : promised
    if (!Array.isArray(found)) return `${path}: no list: ${JSON.stringify(found)}`
    if (isOpen ? found.length < listed.length : found.length !== listed.length)
      return `${path}: ${found.length} in the place of ${listed.length}`
    return first(listed.map((one, i) => difference(one, found[i], `${path}[${i}]`)))
  }
  if (typeof promised === 'object' && promised !== null) {
    if (typeof found !== 'object' || found === null) return `${path}: no object: ${JSON.stringify(found)}`
    const fields = found as Record<string, unknown>
    return first(
      Object.entries(promised).map(([name, one]) => difference(one, fields[name], `${path}.${name}`)),
    )
  }
  if (typeof promised === 'string' && promised.includes('…') && typeof found === 'string') {
    const [start, end] = promised.split('…') as [string, string]
    if (found.startsWith(start) && found.endsWith(end)) return undefined
  }
  return Object.is(promised, found)
    ? undefined
    : `${path}: ${JSON.stringify(found)} in the place of ${JSON.stringify(promised)}`
}

function first(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find(one => one !== undefined)
}
