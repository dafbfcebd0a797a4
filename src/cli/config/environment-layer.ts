// The environment: ALLUVIUM_PORT, and with two underscores for each level ALLUVIUM_LIMITS__BODY_BYTES_MAX.

import { type Assignment, assignText } from './assignment.ts'

const prefix = 'ALLUVIUM_'

/** Variables of the command line itself; the service never sees them. */
const clientVariables = ['ALLUVIUM_CONFIG', 'ALLUVIUM_URL', 'ALLUVIUM_KEY']

// Kubernetes puts the address of each Service into the environment; for one named "alluvium" that looks like settings.
const serviceLinkName = /^ALLUVIUM_(.+_)?(SERVICE_(HOST|PORT(_.+)?)|PORT_\d+_(TCP|UDP)(_.+)?)$/
const serviceLinkValue = /^(tcp|udp):\/\//

export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Assignment[] {
  return Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(prefix) || clientVariables.includes(name) || text === undefined || text === '')
      return []
    if (serviceLinkName.test(name) || serviceLinkValue.test(text)) return []
    return assignText(pathOf(name), text, name)
  })
}

/** The variable that sets the key at `path`. */
export function variableOf(path: readonly string[]): string {
  return prefix + path.join('__').toUpperCase()
}

function pathOf(variable: string): string[] {
  return variable.slice(prefix.length).toLowerCase().split('__')
}
