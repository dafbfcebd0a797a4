// How far what an AutoPack found is what is true, as precision and recall.

import type { AutoPack } from '../../../src/pack/auto/auto-pack.ts'
import { type Domain, type Language, languages, streamOf } from './streams.ts'
import { watched } from './watched.ts'

export interface Score {
  found: number
  right: number
  true: number
}

export function scoreOf(found: ReadonlySet<string>, truth: ReadonlySet<string>): Score {
  return { found: found.size, right: [...found].filter(item => truth.has(item)).length, true: truth.size }
}

export function sumOf(scores: readonly Score[]): Score {
  const sum = (name: keyof Score) => scores.reduce((total, score) => total + score[name], 0)
  return { found: sum('found'), right: sum('right'), true: sum('true') }
}

export const precision = ({ found, right }: Score) => (found === 0 ? 1 : right / found)
export const recall = (score: Score) => (score.true === 0 ? 1 : score.right / score.true)

export function identitiesOf(auto: AutoPack): Set<string> {
  return new Set(
    auto
      .explain()
      .fields.filter(({ role }) => role === 'identity')
      .map(({ field }) => field),
  )
}

/** Pairs of key fields that edges connect. */
export function pairsOf(auto: AutoPack): Set<string> {
  const { entities, edges } = auto.explain()
  const keyOf = new Map(entities.map(({ name, key }) => [name, key]))
  return new Set(
    edges.map(({ edge }) => {
      const [from, to] = edge.split(/ -\w+-> /) as [string, string]
      return [keyOf.get(from)!, keyOf.get(to)!].sort().join(' ')
    }),
  )
}

export interface Row {
  domain: string
  language: Language
  identities: Score
  pairs: Score
  misses: string
}

export function scoreTable(domains: readonly Domain[], seeds: readonly number[]): Row[] {
  return domains.flatMap(domain =>
    seeds.map((seed, i) => {
      const language = languages[i % languages.length]!
      const stream = streamOf(domain, { seed, language })
      const auto = watched(stream.events)
      const found = identitiesOf(auto)
      const extra = [...found].filter(name => !stream.identities.has(name)).map(name => `+${name}`)
      const missing = [...stream.identities].filter(name => !found.has(name)).map(name => `-${name}`)
      return {
        domain: domain.name,
        language,
        identities: scoreOf(found, stream.identities),
        pairs: scoreOf(pairsOf(auto), stream.pairs),
        misses: `seed ${seed} ${[...extra, ...missing].join(' ')}`,
      }
    }),
  )
}

/** One line a domain and language, to be printed. */
export function printed(rows: readonly Row[]): string {
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`.padStart(6)
  const lines = new Map<string, Row[]>()
  for (const row of rows) {
    const name = `${row.domain.padEnd(11)} ${row.language.padEnd(8)}`
    lines.set(name, [...(lines.get(name) ?? []), row])
  }
  const scores = (of: readonly Score[]) => `${percent(precision(sumOf(of)))} ${percent(recall(sumOf(of)))}`
  const body = [...lines].map(
    ([name, of]) => `${name} ${scores(of.map(row => row.identities))} | ${scores(of.map(row => row.pairs))}`,
  )
  const head =
    'domain      names     identities    | pairs\n                     prec.  recall | prec.  recall'
  return [head, ...body].join('\n')
}
