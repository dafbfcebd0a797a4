// `alluvium verify`: every checksum of a data directory, without a running service and without changing a byte.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fsStore } from '../../adapters/store-fs.ts'
import { type Command, exitCodes, Failure } from '../command.ts'
import { countText } from '../figures.ts'
import { operandsExactly } from '../parse.ts'
import { configOf, settingsFlags } from '../settings-flags.ts'
import { styleOf } from '../terminal.ts'
import { lookingDisk } from './looking-disk.ts'
import { type Finding, verifyLog } from './verify-log.ts'

export const verify: Command = {
  name: 'verify',
  summary: 'check every checksum of a data directory',
  about:
    'Reads the manifests, the parts and the log of a data directory and changes nothing. Exit code 1 when something is bad. While a service is writing there, what it replaces meanwhile may be reported as missing.',
  flags: settingsFlags,
  examples: [
    { line: 'alluvium verify', text: './data, or what alluvium.yaml says' },
    { line: 'alluvium verify --data-dir /mnt/backup/alluvium', text: 'a copy, before relying on it' },
  ],
  async run(input, io) {
    operandsExactly(input, [])
    const { data_dir: path } = configOf(input, io)
    const there = await stat(join(path, 'format.json')).catch(() => undefined) // looked at next
    if (!there) throw new Failure(`${path} is no data directory of Alluvium: it has no format.json`)
    const style = styleOf(io.stdout, io.env)
    let checked = 0
    let bad = 0
    for await (const { key, ok, reason } of findingsIn(path)) {
      checked++
      if (!ok) bad++
      if (!ok) io.stdout.write(`${style.red('bad')}   ${key}  ${reason ?? ''}\n`)
      else if (reason) io.stdout.write(`${style.yellow('note')}  ${key}  ${reason}\n`)
    }
    const verdict = bad === 0 ? style.green('all sound') : style.red(`${countText(bad)} bad`)
    io.stdout.write(`${countText(checked)} files checked in ${path}: ${verdict}\n`)
    return bad === 0 ? exitCodes.ok : exitCodes.failed
  },
}

async function* findingsIn(path: string): AsyncGenerator<Finding> {
  // Loaded here, so that no other command pays for the catalog.
  const { verifyStore } = await import('../../catalog/verify.ts')
  const store = await fsStore({ directory: join(path, 'store'), disk: lookingDisk })
  try {
    yield* verifyStore(store)
  } finally {
    await store.close()
  }
  yield* verifyLog(lookingDisk, join(path, 'log'))
}
