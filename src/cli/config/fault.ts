// What is wrong with a configuration: which key, where it was set, what was found and what was expected. All faults
// are told at once, so that fixing them takes one round.

export interface ConfigFault {
  /** the key, dotted; absent when the file as a whole is at fault */
  key?: string
  /** `alluvium.yaml:3`, `ALLUVIUM_PORT`, `--port` */
  origin: string
  found?: string
  expected?: string
  /** a sentence, where found and expected don't say it */
  text?: string
}

export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    super([heading(faults.length), ...faults.map(faultText)].join('\n\n'))
    this.faults = faults
  }
}

function heading(count: number): string {
  return count === 1 ? 'the configuration has a fault' : `the configuration has ${count} faults`
}

function faultText(fault: ConfigFault): string {
  const lines = [`  ${fault.key ? `${fault.key}  (${fault.origin})` : fault.origin}`]
  if (fault.found !== undefined) lines.push(`    found     ${fault.found}`)
  if (fault.expected !== undefined) lines.push(`    expected  ${fault.expected}`)
  if (fault.text !== undefined) lines.push(...fault.text.split('\n').map(line => `    ${line}`))
  return lines.join('\n')
}
