// The flags that set the configuration, shared by every command that needs one.

import { readFileSync } from 'node:fs'
import type { Config } from '../contract/config.ts'
import type { Flag, Input, Io } from './command.ts'
import { loadConfig } from './config/load.ts'

export const settingsFlags = {
  config: {
    kind: 'text',
    value: 'FILE',
    text: 'configuration to read (default ./alluvium.yaml where there is one; or ALLUVIUM_CONFIG)',
  },
  'data-dir': {
    kind: 'text',
    value: 'DIR',
    text: 'folder that holds the log and the segments (default ./data)',
  },
  set: {
    kind: 'list',
    value: 'KEY=VALUE',
    text: 'any other setting, as in limits.body_bytes_max=20000000; may be repeated',
  },
} as const satisfies Record<string, Flag>

/** Flags named like a top-level setting set it; the command's other flags stay its own. */
const settingFlagNames = ['host', 'port', 'data-dir', 'keys-file', 'log-level', 'threads']

/** @throws ConfigError with every fault found */
export function configOf(input: Input, io: Io): Config {
  const flags = Object.fromEntries(
    Object.entries(input.texts).filter(([name]) => settingFlagNames.includes(name)),
  )
  return loadConfig({
    flags,
    set: input.lists.set ?? [],
    file: input.texts.config,
    env: io.env,
    readFile: readIfThere,
  })
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
