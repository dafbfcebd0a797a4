// What `alluvium pack check` says to people: faults with the line they are in, or what was found in a sample.

import type { PackFault } from '../../pack/parse.ts'
import { countText } from '../figures.ts'
import { columns, harmless, type Style } from '../terminal.ts'
import type { SampleReport } from './sample.ts'

const exampleCharsMax = 100

/** `shop.yaml:3:1  entites: …`, the line, and a caret under the place. */
export function faultLines(
  file: string,
  source: string,
  faults: readonly PackFault[],
  style: Style,
): string[] {
  const lines = source.split('\n')
  return faults.flatMap(({ line, column, path, message }) => {
    const text = harmless(lines[line - 1] ?? '')
    const number = String(line)
    const gutter = ' '.repeat(number.length)
    return [
      `${style.bold(`${file}:${line}:${column}`)}  ${path === '' ? '' : `${path}: `}${harmless(message)}`,
      `  ${style.dim(`${number} |`)} ${text.slice(0, exampleCharsMax)}`,
      ...(column <= exampleCharsMax
        ? [`  ${style.dim(`${gutter} |`)} ${' '.repeat(column - 1)}${style.red('^')}`]
        : []),
    ]
  })
}

export function sampleLines(report: SampleReport, style: Style): string[] {
  const { events, refused } = report
  const share = events === 0 ? 0 : Math.round((100 * report.events_with_text) / events)
  return [
    `${countText(events)} events${refused > 0 ? `, and ${countText(refused)} lines that are none` : ''}`,
    '',
    ...columns(
      [
        ['nodes', 'distinct', 'mentions', ''].map(style.dim),
        ...report.nodes.map(({ type, distinct, mentions, examples }) => [
          style.cyan(type),
          countText(distinct),
          countText(mentions),
          shown(examples),
        ]),
      ],
      [1, 2],
    ),
    '',
    ...columns(
      [
        ['edges', 'count', ''].map(style.dim),
        ...report.edges.map(({ type, count, examples }) => [
          style.cyan(type),
          countText(count),
          shown(examples.slice(0, 1)),
        ]),
      ],
      [1],
    ),
    '',
    `${share} % of the events say something, in ${countText(report.distinct_texts)} distinct texts${report.texts.length > 0 ? ':' : ''}`,
    ...report.texts.map(text => `  ${shown([text])}`),
    ...remarks(report, style),
  ]
}

function remarks({ nodes, edges, fields_never_seen: unseen, skipped }: SampleReport, style: Style): string[] {
  const idle = [
    ...nodes.filter(({ mentions }) => mentions === 0).map(({ type }) => type),
    ...edges.filter(({ count }) => count === 0).map(({ type }) => type),
  ]
  const bounds: [number, string][] = [
    [skipped.longKeys, 'keys are too long, and were left out'],
    [skipped.longAttributes, 'attributes are too long, and were left out'],
    [skipped.cutTexts, 'texts are too long, and were cut'],
    [skipped.cutArrays, 'arrays are too long, and were cut'],
    [skipped.manyEdges, 'edges were one too many for their event'],
  ]
  const said = [
    ...(unseen.length > 0 ? [`No event has: ${unseen.map(harmless).join(', ')}`] : []),
    ...(idle.length > 0 ? [`Nothing was found for: ${idle.join(', ')}`] : []),
    ...bounds.filter(([count]) => count > 0).map(([count, text]) => `${countText(count)} ${text}`),
  ]
  return said.length === 0 ? [] : ['', ...said.map(style.yellow)]
}

function shown(examples: readonly string[]): string {
  const text = harmless(examples.join(', '))
  return text.length > exampleCharsMax ? `${text.slice(0, exampleCharsMax - 1)}…` : text
}
