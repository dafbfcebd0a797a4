// `alluvium keys`: makes, lists and revokes the API keys of a key file. A running service reads the file again by
// itself, so a key is rotated by making a new one, moving its users over, and revoking the old one.

import { randomBytes } from 'node:crypto'
import { systemClock } from '../adapters/clock-system.ts'
import { fileKeys } from '../adapters/keys-file.ts'
import { type KeyEntry, keyEntrySchema, type Scope, scopes } from '../contract/api-key.ts'
import { mintKey } from '../service/keys.ts'
import { type Command, exitCodes, Failure, type Input, type Io, UsageError } from './command.ts'
import { timeText } from './figures.ts'
import { configOf, settingsFlags } from './settings-flags.ts'
import { columns, styleOf } from './terminal.ts'

const secretBytes = 32
const dayMs = 24 * 60 * 60 * 1000

export const keys: Command = {
  name: 'keys',
  summary: 'make, list and revoke API keys',
  operands: 'create|list|revoke [ID]',
  about:
    'Only the SHA-256 of a secret is kept: it is shown once, when the key is made. A running service takes changes over within a second.',
  flags: {
    'keys-file': { kind: 'text', value: 'FILE', text: 'the key file (default: what the configuration says)' },
    id: { kind: 'text', value: 'ID', text: 'name of the new key, as logs show it (default: made up)' },
    tenant: { kind: 'text', value: 'NAME', text: 'whose events the new key reaches (default "default")' },
    scopes: {
      kind: 'text',
      value: 'LIST',
      text: `what the new key may do: ${scopes.join('+')} (default ingest+query)`,
    },
    'expires-days': {
      kind: 'text',
      value: 'DAYS',
      text: 'days after which the new key is no longer valid (default: never)',
    },
    config: settingsFlags.config,
  },
  examples: [
    {
      line: 'alluvium keys create --keys-file keys.json --tenant shop --scopes ingest',
      text: 'a key that can only send',
    },
    { line: 'alluvium keys list --keys-file keys.json', text: 'who has one' },
    { line: 'alluvium keys revoke --keys-file keys.json shop-2f9c', text: 'take it back' },
  ],
  async run(input, io) {
    const [action, id, ...rest] = input.operands
    if (rest.length > 0) throw new UsageError(`there is nothing to do with "${rest[0]}"`)
    if (action === 'create' && id === undefined) return create(input, io)
    if (action === 'list' && id === undefined) return list(input, io)
    if (action === 'revoke' && id !== undefined) return revoke(input, io, id)
    throw new UsageError('expected create, list, or revoke ID')
  },
}

async function create(input: Input, io: Io): Promise<number> {
  const { file, path } = keyFileOf(input, io)
  const entries = (await file.read()) ?? []
  const tenant = input.texts.tenant ?? 'default'
  const id = input.texts.id ?? `${tenant.slice(0, 50)}-${randomBytes(2).toString('hex')}`
  if (entries.some(entry => entry.id === id)) throw new Failure(`there is a key "${id}" already in ${path}`)
  const nowMs = systemClock.nowMs()
  const lifeMs = daysOf(input.texts['expires-days']) * dayMs
  const expiry = Number.isFinite(lifeMs) ? { expiresAtMs: nowMs + lifeMs } : {}
  const { secret, entry } = await mintKey(
    { id, tenant, scopes: scopesOf(input.texts.scopes ?? 'ingest+query'), createdAtMs: nowMs, ...expiry },
    randomBytes(secretBytes),
  )
  const checked = keyEntrySchema.safeParse(entry)
  if (!checked.success)
    throw new UsageError(
      checked.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '),
    )
  await file.write([...entries, checked.data])
  const style = styleOf(io.stdout, io.env)
  io.stdout.write(`${secret}\n`)
  io.stderr.write(
    `Key ${style.bold(id)} of tenant ${tenant} (${entry.scopes.join('+')}) is in ${path}. The secret above is shown this once.\n`,
  )
  return exitCodes.ok
}

async function list(input: Input, io: Io): Promise<number> {
  const { file, path } = keyFileOf(input, io)
  const entries = await file.read()
  if (entries === undefined) throw new Failure(`there is no key file ${path}`)
  const style = styleOf(io.stdout, io.env)
  const head = ['id', 'tenant', 'scopes', 'created', 'expires'].map(style.dim)
  const lines = entries.length === 0 ? ['no keys'] : columns([head, ...entries.map(keyRow)])
  io.stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.ok
}

async function revoke(input: Input, io: Io, id: string): Promise<number> {
  const { file, path } = keyFileOf(input, io)
  const entries = (await file.read()) ?? []
  const kept = entries.filter(entry => entry.id !== id)
  if (kept.length === entries.length) throw new Failure(`there is no key "${id}" in ${path}`)
  await file.write(kept)
  io.stdout.write(`revoked ${id}\n`)
  return exitCodes.ok
}

function keyFileOf(input: Input, io: Io) {
  const path = configOf(input, io).keys_file
  if (path === undefined) throw new UsageError('no key file: give --keys-file FILE, or set keys_file')
  return { path, file: fileKeys(path, systemClock) }
}

function keyRow(entry: KeyEntry): string[] {
  const expires = entry.expires_at === undefined ? 'never' : timeText(Date.parse(entry.expires_at))
  return [entry.id, entry.tenant, entry.scopes.join('+'), timeText(Date.parse(entry.created_at)), expires]
}

function scopesOf(text: string): Scope[] {
  return text.split('+').map(name => {
    const scope = scopes.find(known => known === name)
    if (!scope) throw new UsageError(`--scopes: "${name}" is none of ${scopes.join(', ')}`)
    return scope
  })
}

/** @returns Infinity when nothing was told */
function daysOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const days = Number(text)
  if (!(days > 0) || days > 36_500)
    throw new UsageError(`--expires-days: expected a number above 0, found "${text}"`)
  return days
}
