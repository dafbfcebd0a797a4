// --help, for the whole and for one command, laid out to be read.

import type { Command, Flag, Io } from './command.ts'
import { columns, type Style, styleOf, wrap } from './terminal.ts'

const widthMax = 100

export function overview(commands: readonly Command[], io: Io): string {
  const style = styleOf(io.stdout, io.env)
  const rows = commands.map(({ name, summary }) => [`  ${style.cyan(name)}`, summary])
  return page([
    `${style.bold('alluvium')}: events in; stored, searchable, connected and queryable within a second`,
    section(style, 'Usage', ['  alluvium COMMAND [flags]']),
    section(style, 'Commands', columns(rows)),
    section(
      style,
      'Flags',
      columns([
        ['  --help', "show this, or a command's own help"],
        ['  --version', 'show the version'],
      ]),
    ),
    section(style, 'Settings', [
      '  Defaults, then alluvium.yaml, then the environment (ALLUVIUM_PORT=8420), then flags (--port 8420).',
    ]),
    section(style, 'Begin', [
      `  ${style.dim('# see it at work')}`,
      '  alluvium demo',
      `  ${style.dim('# serve, and send it a file from another terminal')}`,
      '  alluvium serve',
      '  alluvium ingest events.ndjson',
    ]),
  ])
}

export function commandHelp(command: Command, io: Io): string {
  const style = styleOf(io.stdout, io.env)
  const width = Math.min(io.stdout.columns ?? widthMax, widthMax)
  const flags = Object.entries({
    ...command.flags,
    help: { kind: 'switch', text: 'show this' } satisfies Flag,
  })
  return page([
    `${style.bold(`alluvium ${command.name}`)}: ${command.summary}`,
    section(style, 'Usage', [
      `  alluvium ${[command.name, '[flags]', command.operands].filter(Boolean).join(' ')}`,
    ]),
    ...(command.about
      ? [
          wrap(command.about, width - 2)
            .map(line => `  ${line}`.trimEnd())
            .join('\n'),
        ]
      : []),
    section(style, 'Flags', flagLines(flags, width)),
    section(
      style,
      'Examples',
      command.examples.flatMap(({ line, text }) => [`  ${style.dim(`# ${text}`)}`, `  ${line}`]),
    ),
  ])
}

function flagLines(flags: [string, Flag][], width: number): string[] {
  const titles = flags.map(
    ([name, flag]) => `  --${name}${flag.kind === 'switch' ? '' : ` ${flag.value ?? 'VALUE'}`}`,
  )
  const titleWidth = Math.max(...titles.map(title => title.length))
  const rows = flags.flatMap(([, flag], at) =>
    wrap(flag.text, width - titleWidth - 2).map((line, lineIndex) => [
      lineIndex === 0 ? titles[at]! : '',
      line,
    ]),
  )
  return columns(rows)
}

function section(style: Style, title: string, lines: readonly string[]): string {
  return [style.bold(title), ...lines].join('\n')
}

function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
