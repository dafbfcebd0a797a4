// `alluvium serve`: the service in the foreground, until a signal asks it to drain.

import { validateBinding } from '../contract/config.ts'
import { type Command, exitCodes, type Io, UsageError } from './command.ts'
import { operandsExactly } from './parse.ts'
import { configOf, settingsFlags } from './settings-flags.ts'
import { styleOf } from './terminal.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'run the service in the foreground',
  about:
    'SIGTERM or Ctrl-C drains: intake stops, what was acknowledged is published, then it leaves. A second signal leaves at once; nothing acknowledged is lost, it is recovered at the next start.',
  flags: {
    port: { kind: 'text', value: 'PORT', text: 'port to listen on (default 8420; 0 takes a free one)' },
    host: { kind: 'text', value: 'HOST', text: 'address to listen on (default 127.0.0.1; others need keys)' },
    'keys-file': { kind: 'text', value: 'FILE', text: 'file of hashed API keys, kept by `alluvium keys`' },
    'log-level': { kind: 'text', value: 'LEVEL', text: 'debug, info, warn, error or silent (default info)' },
    threads: { kind: 'text', value: 'auto|none', text: '`none` runs everything in one thread' },
    ...settingsFlags,
  },
  examples: [
    { line: 'alluvium serve', text: 'on this machine alone, data in ./data' },
    { line: 'alluvium serve --port 9000 --data-dir /var/lib/alluvium', text: 'elsewhere' },
    { line: 'alluvium serve --host 0.0.0.0 --keys-file keys.json', text: 'for other machines: with keys' },
    {
      line: 'alluvium serve --set retention_days=7 --set limits.body_bytes_max=20000000',
      text: 'any setting',
    },
  ],
  async run(input, io) {
    operandsExactly(input, [])
    const config = configOf(input, io)
    const unsafe = validateBinding(config.host, config.api_keys.length > 0 || config.keys_file !== undefined)
    if (unsafe) throw new UsageError(unsafe)
    // Loaded here, so that no other command pays for the engine.
    const { startNode } = await import('../runtime/node.ts')
    const running = await startNode(config)
    const style = styleOf(io.stdout, io.env)
    io.stdout.write(
      `Alluvium serves at ${style.cyan(running.url)}, its documentation at ${style.cyan(`${running.url}/docs`)}\n`,
    )
    return untilStopped(running, io, config.limits.drain_seconds)
  },
}

/** Waits for a signal, then drains for at most `drainSeconds`; a second signal leaves at once. */
export async function untilStopped(
  running: { stop(): Promise<void> },
  io: Io,
  drainSeconds: number,
): Promise<number> {
  await new Promise<void>(resolve => {
    const off = io.onSignal(() => {
      off()
      resolve()
    })
  })
  const off = io.onSignal(() => io.exit(exitCodes.failed))
  io.stderr.write('Draining; a second signal leaves at once.\n')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(resolve, drainSeconds * 1000, 'late')
  })
  const outcome = await Promise.race([running.stop().then(() => 'drained' as const), late])
  clearTimeout(timer)
  off()
  if (outcome === 'drained') return exitCodes.ok
  io.stderr.write(
    `Not drained within ${drainSeconds} s; the rest is recovered from the log at the next start.\n`,
  )
  io.exit(exitCodes.failed)
  return exitCodes.failed
}
